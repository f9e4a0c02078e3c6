import { environmentVariables } from '../src/config/env.js';

/** Generates `.env.example`: every variable with its description. */
export function envExample(): string {
  const variables = environmentVariables.map(({ name, description, default: value }) =>
    [`# ${description}${value === undefined ? '' : ` Default: ${value}`}`, `# ${name}=`, ''].join('\n'),
  );
  return ['# The settings of the service. Remove the # before a line to set it.', '', ...variables].join('\n');
}
