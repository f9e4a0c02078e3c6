import { environmentVariables, type EnvironmentVariable } from '../src/config/env.js';
import { optionSections } from '../src/config/options.js';

/** The rows of the README's tables: the options of the library, and what the service alone has. */
export function optionTables(): { options: string; service: string } {
  const isOption = ({ path }: EnvironmentVariable): boolean => path[0] !== undefined && path[0] in optionSections;
  const shown = ({ default: value }: EnvironmentVariable): string => (value === undefined ? '' : `\`${value}\``);
  return {
    options: table(environmentVariables.filter(isOption), (variable) => [
      `\`${variable.path.join('.')}\``,
      `\`${variable.name}\``,
      shown(variable),
      variable.description,
    ]),
    service: table(
      environmentVariables.filter((variable) => !isOption(variable)),
      (variable) => [`\`${variable.name}\``, shown(variable), variable.description],
    ),
  };
}

function table(
  variables: readonly EnvironmentVariable[],
  columns: (variable: EnvironmentVariable) => string[],
): string {
  return variables.map((variable) => `| ${columns(variable).join(' | ')} |`).join('\n');
}
