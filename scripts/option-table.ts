import { z } from 'zod';
import { environmentVariables, type EnvironmentVariable } from '../src/config/env.js';
import { duration } from '../src/platform/options/option-types.js';
import { optionSections } from '../src/config/options.js';
import { serviceSections } from '../src/config/service-settings.js';

/** The options of `createAuthSubgraph` with their variables, header first. */
export function optionRows(): string[][] {
  return [
    ['Option', 'Variable', 'Type', 'Default', 'Unit', 'Meaning'],
    ...environmentVariables
      .filter(isOption)
      .map((variable) => [`\`${variable.path.join('.')}\``, ...columnsOf(variable)]),
  ];
}

/** The variables that only the service has, header first. */
export function serviceRows(): string[][] {
  return [
    ['Variable', 'Type', 'Default', 'Unit', 'Meaning'],
    ...environmentVariables.filter((variable) => !isOption(variable)).map(columnsOf),
  ];
}

function isOption({ path: [section = ''] }: EnvironmentVariable): boolean {
  return section in optionSections;
}

function columnsOf({ name, path, default: value, description }: EnvironmentVariable): string[] {
  const schema = schemaAt(path);
  const shown = value === undefined ? '' : `\`${value}\``;
  return [`\`${name}\``, typeOf(schema), shown, unitOf(schema, path), description];
}

/** The schema of a setting. */
function schemaAt(path: readonly string[]): z.ZodType {
  let schema: z.ZodType = z.strictObject(serviceSections);
  for (const name of path) schema = unwrapped((unwrapped(schema) as z.ZodObject).shape[name] as z.ZodType);
  return schema;
}

/** A schema without the wrappers for its default. */
export function unwrapped(schema: z.ZodType): z.ZodType {
  const isWrapper =
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodReadonly;
  return isWrapper ? unwrapped(schema.unwrap() as z.ZodType) : schema;
}

function typeOf(schema: z.ZodType): string {
  if (schema instanceof z.ZodEnum) return schema.options.map((option) => `\`${String(option)}\``).join(', ');
  if (schema instanceof z.ZodBoolean) return 'boolean';
  if (schema instanceof z.ZodURL) return 'URL';
  if (schema instanceof z.ZodNumber) return `integer, ${String(schema.minValue)} to ${String(schema.maxValue)}`;
  return schema === duration ? 'duration' : 'text';
}

function unitOf(schema: z.ZodType, path: readonly string[]): string {
  if (schema === duration) return '`s`, `m`, `h`, `d` or `w`';
  const name = path.at(-1) ?? '';
  if (/seconds$/i.test(name)) return 'seconds';
  return name.endsWith('PerHour') ? 'emails per hour' : '';
}
