import type { CliCommand } from './cli-command.js';

export const printSchemaCommand: CliCommand = {
  name: 'schema print',
  summary: 'Print the schema that a gateway composes.',
  details: 'It is the schema of a service with these settings. Does not need the database.',
  example: 'schema print',
  readsSettingsTo: 'print',
  logsTo: 'stderr',
  run: async ({ settings }) => {
    const { buildSchema } = await import('../../subgraph.js');
    const { requiredScopes = {}, authDirectives, serviceAccounts } = settings;
    const { sdl } = buildSchema({ requiredScopes, authDirectives, serviceAccounts });
    return { text: sdl.trimEnd(), json: { sdl } };
  },
};
