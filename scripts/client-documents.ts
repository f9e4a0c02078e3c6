import { globSync, readFileSync } from 'node:fs';
import { codegen } from '@graphql-codegen/core';
import * as typescriptOperations from '@graphql-codegen/typescript-operations';
import {
  buildASTSchema,
  isInterfaceType,
  isTypeSystemExtensionNode,
  Kind,
  OperationTypeNode,
  parse,
  print,
  stripIgnoredCharacters,
  TypeInfo,
  validate,
  visit,
  visitWithTypeInfo,
  type DefinitionNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type FragmentSpreadNode,
  type GraphQLSchema,
  type InlineFragmentNode,
} from 'graphql';

const ROOT = new URL('../', import.meta.url);
const OPERATIONS = 'packages/client/operations';
const NOTICE = `// Generated from schema.graphql and ${OPERATIONS} by \`npm run generate\`.\n`;

interface Operation {
  /** Such as `RevokeSession`. */
  readonly name: string;
  readonly kind: 'query' | 'mutation';
  /** Without ignorable white space, and with a placeholder for each fragment. */
  readonly text: string;
}

/** The modules of the client that are generated: types, the text of each document, and its syntax tree. */
export async function clientModules(sdl: string): Promise<Readonly<Record<string, string>>> {
  const schema = withoutFederation(sdl);
  const document = operationsDocument(schema);
  const operations = operationsIn(schema, document);
  return {
    'packages/client/src/graphql/types.ts': await typesModule(schema, document),
    'packages/client/src/graphql/operations.ts': textsModule(operations, selectionsIn(schema, document)),
    'packages/client/src/graphql/possible-types.ts': possibleTypesModule(schema),
    'packages/client/src/documents.ts': treesModule(operations),
  };
}

/** The schema that clients see: the gateway resolves the directives of the federation. */
function withoutFederation(sdl: string): GraphQLSchema {
  const document = parse(sdl);
  const definitions = document.definitions.filter((node) => !isTypeSystemExtensionNode(node));
  const plain = visit(
    { ...document, definitions },
    {
      Directive: ({ name }) => (name.value === 'key' ? null : undefined),
    },
  );
  return buildASTSchema(plain);
}

/** @throws Error if an operation does not fit the schema */
function operationsDocument(schema: GraphQLSchema): DocumentNode {
  const files = globSync(`${OPERATIONS}/*.graphql`, { cwd: ROOT }).sort();
  const document = parse(files.map((file) => readFileSync(new URL(file, ROOT), 'utf8')).join('\n'));
  const [problem] = validate(schema, document);
  if (problem) throw problem;
  return document;
}

function operationsIn(schema: GraphQLSchema, document: DocumentNode): Operation[] {
  const operations = document.definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION);
  return operations.map((node) => ({
    name: node.name?.value ?? '',
    kind: node.operation === OperationTypeNode.QUERY ? 'query' : 'mutation',
    text: textOf(node, schema, document),
  }));
}

/** What the fragments select, by the name of the fragment: after their type if they are spread in another one. */
function selectionsIn(schema: GraphQLSchema, document: DocumentNode): [name: string, selection: string][] {
  return fragmentsIn(document).map((node) => {
    const name = node.name.value;
    const selection = textOf(node, schema, document).slice(`fragment ${name} on ${typeOf(node)}{`.length, -1);
    return [name, isSpreadElsewhere(node, schema, document) ? `${typeOf(node)}{${selection}}` : selection];
  });
}

function isSpreadElsewhere(fragment: FragmentDefinitionNode, schema: GraphQLSchema, document: DocumentNode): boolean {
  const info = new TypeInfo(schema);
  let found = false;
  const leave = ({ name }: FragmentSpreadNode): void => {
    found ||= name.value === fragment.name.value && info.getParentType()?.name !== typeOf(fragment);
  };
  visit(document, visitWithTypeInfo(info, { FragmentSpread: { leave } }));
  return found;
}

const fragmentsIn = ({ definitions }: DocumentNode): FragmentDefinitionNode[] =>
  definitions.filter((node) => node.kind === Kind.FRAGMENT_DEFINITION);

const typeOf = (node: FragmentDefinitionNode): string => node.typeCondition.name.value;

/** The text of an operation or a fragment with `${USER_FIELDS}` for a fragment. */
function textOf(definition: DefinitionNode, schema: GraphQLSchema, document: DocumentNode): string {
  const info = new TypeInfo(schema);
  const leave = (spread: FragmentSpreadNode): FieldNode | InlineFragmentNode => {
    const fragment = fragmentsIn(document).find(({ name }) => name.value === spread.name.value);
    if (!fragment) throw new Error(`There is no fragment ${spread.name.value}`);
    const name = { kind: Kind.NAME, value: `__${constantOf(spread.name.value)}__` } as const;
    const placeholder = { kind: Kind.FIELD, name } as const;
    if (info.getParentType()?.name === typeOf(fragment)) return placeholder;
    const selectionSet = { kind: Kind.SELECTION_SET, selections: [placeholder] } as const;
    return { kind: Kind.INLINE_FRAGMENT, typeCondition: fragment.typeCondition, selectionSet };
  };
  const inlined = visit(definition, visitWithTypeInfo(info, { FragmentSpread: { leave } }));
  return stripIgnoredCharacters(print(inlined))
    .replaceAll(/\.\.\.on \w+\{__([A-Z_]+)__\}/g, '...on ${$1}')
    .replaceAll(/\b__([A-Z_]+)__\b/g, '${$1}');
}

async function typesModule(schema: GraphQLSchema, document: DocumentNode): Promise<string> {
  const types = await codegen({
    filename: 'types.ts',
    schema: { kind: Kind.DOCUMENT, definitions: [] },
    schemaAst: schema,
    documents: [{ location: OPERATIONS, document }],
    config: {
      scalars: {
        ID: 'string',
        EmailAddress: 'string',
        DateTime: 'string',
        JWT: 'string',
        JSONObject: 'Readonly<Record<string, unknown>>',
      },
      enumType: 'string-literal',
      immutableTypes: true,
      nonOptionalTypename: false,
      skipTypename: true,
      inlineFragmentTypes: 'combine',
    },
    plugins: [{ operations: {} }],
    pluginMap: { operations: typescriptOperations },
  });
  // The type is for `@defer`, which no operation uses.
  return NOTICE + types.replaceAll(/^.*Internal type.*\n/gm, '').replace(/^export type Incremental<.*\n/m, '');
}

function textsModule(
  operations: readonly Operation[],
  selections: readonly [name: string, selection: string][],
): string {
  const types = operations.flatMap(({ name, kind }) => [resultOf(name, kind), variablesOf(name, kind)]);
  const constants = selections.map(([name, selection]) => `const ${constantOf(name)} = ${literal(selection)};`);
  const texts = operations.map(({ name, kind, text }) => {
    const type = `TypedDocument<${resultOf(name, kind)}, ${variablesOf(name, kind)}>`;
    const selection = selectionOf(name, text);
    const value = selection === undefined ? literal(text) : `mutation('${name}', ${literal(selection)})`;
    // The comment lets bundlers leave out what a page does not use. It does not cover templates in arguments.
    const call = selection === undefined || value.includes('${') ? `(() => ${value})()` : value;
    return `export const ${constantOf(name)}: ${type} = /* @__PURE__ */ ${call};`;
  });
  return [
    NOTICE,
    `import type { TypedDocument } from './typed-document.js';`,
    `import type { ${types.join(', ')} } from './types.js';`,
    '',
    ...constants,
    '',
    '/** Most mutations have one input and return a union with errors. Pages download what they have in common once. */',
    'const mutation = (name: string, selection: string): string =>',
    `  \`${before('${name}', '${name.charAt(0).toLowerCase()}${name.slice(1)}')}\${selection}${AFTER}\`;`,
    '',
    ...texts,
  ].join('\n');
}

const before = (name: string, field: string): string =>
  `mutation ${name}($input:${name}Input!){${field}(input:$input){__typename ...on `;
const AFTER = '...on ${ERROR_FIELDS}}}';

/** What a mutation selects, if its text is that of `mutation(name, selection)`. */
function selectionOf(name: string, text: string): string | undefined {
  const start = before(name, name.charAt(0).toLowerCase() + name.slice(1));
  return text.startsWith(start) && text.endsWith(AFTER) ? text.slice(start.length, -AFTER.length) : undefined;
}

function literal(text: string): string {
  const [, constant] = /^\$\{(\w+)\}$/.exec(text) ?? [];
  return constant ?? (text.includes('${') ? `\`${text}\`` : `'${text}'`);
}

function treesModule(operations: readonly Operation[]): string {
  const names = operations.flatMap(({ name, kind }) => [resultOf(name, kind), variablesOf(name, kind)]);
  const trees = operations.map(
    ({ name, kind }) =>
      `export const ${name}Document: DocumentOf<${resultOf(name, kind)}, ${variablesOf(name, kind)}> = /* @__PURE__ */ parse(${constantOf(name)}.toString());`,
  );
  return [
    NOTICE,
    `import { parse, type DocumentNode } from 'graphql';`,
    `import { ${operations.map(({ name }) => constantOf(name)).join(', ')} } from './graphql/operations.js';`,
    `import type { ${names.join(', ')} } from './graphql/types.js';`,
    '',
    '/** A document that clients with a cache accept, with the types of its result and its variables. */',
    'export type DocumentOf<Result, Variables> = DocumentNode & { readonly __apiType?: (variables: Variables) => Result };',
    '',
    ...trees,
  ].join('\n');
}

function possibleTypesModule(schema: GraphQLSchema): string {
  const interfaces = Object.values(schema.getTypeMap()).filter((type) => isInterfaceType(type));
  const entries = interfaces.map((type) => [
    type.name,
    schema
      .getPossibleTypes(type)
      .map(({ name }) => name)
      .sort(),
  ]);
  return `${NOTICE}\n/** The members of each interface. */\nexport const POSSIBLE_TYPES = ${JSON.stringify(Object.fromEntries(entries))};`;
}

const capitalized = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
const resultOf = (name: string, kind: string): string => `${name}${capitalized(kind)}`;
const variablesOf = (name: string, kind: string): string => `${resultOf(name, kind)}Variables`;
const constantOf = (name: string): string => name.replaceAll(/(?<!^)[A-Z]/g, '_$&').toUpperCase();
