import type { CliCommand } from './cli-command.js';

export const printSchemaCommand: CliCommand = {
  name: 'schema print',
  summary: 'Print the schema that a gateway composes.',
  details: 'It is the schema of a service with these settings. Does not need the database.',
  options: [{ name: 'admin', description: 'with user management, which other settings may leave out' }],
  example: 'schema print',
  readsSettingsTo: 'print',
  logsTo: 'stderr',
  run: async ({ settings }, { admin: withManagement = false }: { admin?: boolean }) => {
    const { buildSchema } = await import('../../subgraph.js');
    const { admin, requiredScopes = {}, authDirectives, serviceAccounts } = settings;
    const schema = withManagement ? 'included' : admin.schema === 'separate' ? 'off' : admin.schema;
    const { sdl } = buildSchema({ requiredScopes, authDirectives, admin: { schema }, serviceAccounts });
    return { text: sdl.trimEnd(), json: { sdl } };
  },
};
