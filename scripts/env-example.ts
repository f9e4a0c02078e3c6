import { environmentVariables } from '../src/config/env.js';

/** The text of `.env.example`: every variable with what it means. */
export function envExample(): string {
  const variables = environmentVariables.map(({ name, description, default: value }) =>
    [`# ${description}${value === undefined ? '' : ` Default: ${value}`}`, `# ${name}=`, ''].join('\n'),
  );
  return ['# The settings of the service. Remove the # before a line to set it.', '', ...variables].join('\n');
}
