import { otherName, type Command } from '../../platform/commands/command.js';
import type { AuthSubgraph } from '../../subgraph.js';
import type { CliCommand } from './cli-command.js';
import { checkConfigCommand } from './config-check.js';
import { demoCommand } from './demo.js';
import { doctorCommand } from './doctor.js';
import { discardEventsCommand } from './events-discard.js';
import { failedEventsCommand } from './events-failed.js';
import { replayEventsCommand } from './events-replay.js';
import { gatewayConfigCommand } from './gateway-config.js';
import { generateKeyCommand } from './keys-generate.js';
import { listKeysCommand } from './keys-list.js';
import { retireKeysCommand } from './keys-retire.js';
import { rotateKeysCommand } from './keys-rotate.js';
import { migrateCommand } from './migrate.js';
import { migrateStatusCommand } from './migrate-status.js';
import { createUserCommand } from '../../features/invitations/create-user.command.js';
import { printSchemaCommand } from './schema-print.js';
import {
  deactivateUserCommand,
  reactivateUserCommand,
  verifyUserCommand,
} from '../../features/accounts/change-account.commands.js';
import { listAuditCommand } from '../../features/audit-trail/audit-list.command.js';
import { deleteUserCommand } from '../../features/account-closing/delete-user.command.js';
import { showUserCommand } from '../../features/accounts/show-accounts.commands.js';
import { listUsersCommand } from '../../features/user-list/list-users.command.js';
import { lockCommand } from '../../features/lockout/lock.command.js';
import { listSessionsCommand } from '../../features/sessions/list-sessions.command.js';
import { replaceRolesCommand, rolesCommand } from '../../features/roles/roles.command.js';
import {
  createServiceCommand,
  deleteServiceCommand,
  listServicesCommand,
} from '../../features/service-accounts/service-accounts.commands.js';
import {
  createServiceKeyCommand,
  revokeServiceKeyCommand,
} from '../../features/service-accounts/service-keys.commands.js';
import { revokeSessionsCommand } from '../../features/sessions/revoke-sessions.command.js';
import { serveCommand } from './serve.js';
import { unlockCommand } from '../../features/lockout/unlock.command.js';
import { exportUsersCommand } from '../../features/user-import/export-users.command.js';
import { importUsersCommand } from '../../features/user-import/import-users.command.js';

/** Describes each group of commands, by the words that they begin with. */
export const commandGroups: Readonly<Record<string, string>> = {
  audit: 'Search the audit trail.',
  config: 'Check the settings.',
  events: 'List and retry event deliveries that have been given up.',
  keys: 'Manage the keys that sign access tokens.',
  schema: 'Print the GraphQL schema.',
  services: 'Manage service accounts, for programs that call without a user.',
  'services keys': 'Create and revoke keys of service accounts.',
  sessions: 'List and end sessions.',
  users: 'Show, change, import and export users.',
};

/** Every command, in the order of the help text. */
export const commands: readonly CliCommand[] = [
  serveCommand,
  demoCommand,
  migrateCommand,
  migrateStatusCommand,
  onSubgraph(showUserCommand),
  onSubgraph(listUsersCommand),
  onSubgraph(rolesCommand),
  onSubgraph(createUserCommand),
  onSubgraph(lockCommand),
  onSubgraph(unlockCommand),
  onSubgraph(verifyUserCommand),
  onSubgraph(deactivateUserCommand),
  onSubgraph(deleteUserCommand),
  onSubgraph(reactivateUserCommand),
  onSubgraph(importUsersCommand),
  onSubgraph(exportUsersCommand),
  onSubgraph(listSessionsCommand),
  onSubgraph(revokeSessionsCommand),
  onSubgraph(listAuditCommand),
  onSubgraph(createServiceCommand),
  onSubgraph(listServicesCommand),
  onSubgraph(deleteServiceCommand),
  onSubgraph(createServiceKeyCommand),
  onSubgraph(revokeServiceKeyCommand),
  onSubgraph(failedEventsCommand),
  onSubgraph(replayEventsCommand),
  onSubgraph(discardEventsCommand),
  generateKeyCommand,
  listKeysCommand,
  rotateKeysCommand,
  retireKeysCommand,
  gatewayConfigCommand,
  printSchemaCommand,
  checkConfigCommand,
  doctorCommand,
  otherName(migrateCommand, 'migrate up'),
  onSubgraph(otherName(unlockCommand, 'unlock')),
  onSubgraph(replaceRolesCommand),
  onSubgraph(otherName(failedEventsCommand, 'events parked')),
];

/** Opens the database for a command that works on the subgraph, and closes it afterwards. */
function onSubgraph(command: Command<AuthSubgraph>): CliCommand {
  return {
    ...command,
    readsSettingsTo: 'serve',
    logsTo: 'stderr',
    run: async ({ settings, logger }, input, output) => {
      const { withSubgraph } = await import('../service/with-subgraph.js');
      return withSubgraph(settings, logger, (auth) => command.run(auth, input, output));
    },
  };
}
