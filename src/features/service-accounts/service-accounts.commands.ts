import type { Command } from '../../platform/commands/command.js';
import { uuidProblem } from '../../core/users/user-argument.js';
import type { ServiceAccount } from './service-account.js';
import type { ServiceAccountService } from './service-account.service.js';

export type ServiceAccountCommand<Input extends object = object> = Command<
  { readonly services: { readonly serviceAccounts: ServiceAccountService } },
  Input
>;

export const serviceArgument = {
  name: 'service',
  description: 'the id of the service account',
  problemOf: uuidProblem,
} as const;

export const createServiceCommand: ServiceAccountCommand<{
  readonly name: string;
  readonly scope?: readonly string[];
}> = {
  name: 'services create',
  summary: 'Create a service account, for a program that calls without a user.',
  details: 'Prints its id. It has no key yet: `services keys create` creates one.',
  arguments: [{ name: 'name', description: 'what the program is called' }],
  options: [
    {
      name: 'scope',
      value: 'scope',
      isVariadic: true,
      field: 'scopes',
      description: 'the scopes of its access tokens',
    },
  ],
  example: 'services create billing --scope orders:read orders:write',
  run: async ({ services: { serviceAccounts } }, { name, scope: scopes = [] }) => {
    const { id } = await serviceAccounts.create({ name, scopes });
    return { text: id, json: { id } };
  },
};

export const listServicesCommand: ServiceAccountCommand = {
  name: 'services list',
  summary: 'List the service accounts and their keys.',
  details: 'Each line is a key, or an account without keys. A key is shown by its last four characters.',
  example: 'services list',
  run: async ({ services: { serviceAccounts } }) => {
    const accounts = await serviceAccounts.list();
    const { textTable } = await import('../../platform/commands/text-table.js');
    const header = ['id', 'name', 'scopes', 'key', 'ends with', 'created', 'last used', 'revoked'];
    const text = textTable([header, ...accounts.flatMap(rowsOf)]);
    return { text: accounts.length === 0 ? 'There are no service accounts.' : text, json: accounts };
  },
};

function rowsOf({ id, name, scopes, keys }: ServiceAccount): string[][] {
  const account = [id, name, scopes.join(' ') || '-'];
  if (keys.length === 0) return [[...account, '-', '-', '-', '-', '-']];
  const textOf = (date: Date | null): string => date?.toISOString() ?? '-';
  return keys.map((key) => [
    ...[...account, key.id, key.hint],
    ...[textOf(key.createdAt), textOf(key.lastUsedAt), textOf(key.revokedAt)],
  ]);
}

export const deleteServiceCommand: ServiceAccountCommand<{ readonly service: string; readonly yes?: boolean }> = {
  name: 'services delete',
  summary: 'Delete a service account with its keys.',
  details:
    'User management rejects its access tokens at once, and other subgraphs once they have polled the revocation feed. ' +
    'Public fields and subgraphs without the feed accept them until they expire.',
  arguments: [serviceArgument],
  options: [{ name: 'yes', description: 'required: confirms the deletion' }],
  example: 'services delete 01990b2c-5f7a-7c11-9d53-2f1f0a6b7c8d --yes',
  problemOf: ({ yes }) => (yes === true ? undefined : 'the program can no longer call; add --yes to confirm it'),
  run: async ({ services: { serviceAccounts } }, { service }) => {
    await serviceAccounts.delete(service);
    return { text: 'The service account is deleted.', json: { deleted: service } };
  },
};
