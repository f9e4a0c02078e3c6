import { z } from 'zod';
import { optionSections } from '../src/config/options.js';
import { duration } from '../src/platform/options/option-types.js';
import { unwrapped } from './option-table.js';

/** Generates the type of the options of `createAuthSubgraph`, with comments for editors. */
export function authOptionsModule(): string {
  const sections = Object.entries<z.ZodType>(optionSections).map(([name, schema]) => section(name, schema));
  return `// Generated from the option schemas by \`npm run generate\`.
import type { KeySource } from '@auth-subgraph/verifier';

/** The options of \`createAuthSubgraph\`, apart from the ports. */
export interface AuthOptions {
  ${sections.join('\n\n')}
}
`;
}

function section(name: string, schema: z.ZodType): string {
  const inner = unwrapped(schema);
  if (!(inner instanceof z.ZodObject)) return property(name, schema);
  const properties = Object.entries(inner.shape as z.ZodRawShape).map(([key, option]) =>
    property(key, option as z.ZodType),
  );
  return `${name}${optionalMark(schema)}: {\n${properties.join('\n\n')}\n}${orUndefined(schema)};`;
}

function property(name: string, schema: z.ZodType): string {
  const lines = [schema.description ?? '', ...unitOf(schema), ...defaultOf(schema)];
  return `/**\n${lines.map((line) => ` * ${line}`).join('\n')}\n */\n${name}${optionalMark(schema)}: ${typeOf(schema)}${orUndefined(schema)};`;
}

function optionalMark(schema: z.ZodType): string {
  return schema.safeParse(undefined).success ? '?' : '';
}

function orUndefined(schema: z.ZodType): string {
  return schema.safeParse(undefined).success ? ' | undefined' : '';
}

function unitOf(schema: z.ZodType): string[] {
  return unwrapped(schema) === duration ? ['A number with a unit: `s`, `m`, `h`, `d` or `w`.'] : [];
}

function defaultOf(schema: z.ZodType): string[] {
  return schema instanceof z.ZodDefault ? [`@default ${JSON.stringify(schema.def.defaultValue)}`] : [];
}

function typeOf(schema: z.ZodType): string {
  const inner = unwrapped(schema);
  if (inner instanceof z.ZodEnum) return inner.options.map((option) => JSON.stringify(option)).join(' | ');
  if (inner instanceof z.ZodBoolean) return 'boolean';
  if (inner instanceof z.ZodNumber) return 'number';
  if (inner instanceof z.ZodArray) return 'readonly KeySource[]';
  if (inner instanceof z.ZodRecord) return 'Record<string, readonly string[]>';
  return 'string';
}
