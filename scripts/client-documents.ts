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
  validate,
  visit,
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';

const ROOT = new URL('../', import.meta.url);
const OPERATIONS = 'packages/client/operations';
const NOTICE = `// Generated from schema.graphql and ${OPERATIONS} by \`npm run generate\`.\n`;

interface Operation {
  /** Such as `RevokeSession`. */
  readonly name: string;
  readonly kind: 'query' | 'mutation';
  /** Without its fragments, and without ignorable white space. */
  readonly text: string;
  /** The names of the fragments that it needs. */
  readonly fragments: readonly string[];
}

/** The modules of the client that are generated: types, the text of each document, and its syntax tree. */
export async function clientModules(sdl: string): Promise<Readonly<Record<string, string>>> {
  const schema = withoutFederation(sdl);
  const document = operationsDocument(schema);
  const operations = operationsIn(document);
  return {
    'packages/client/src/graphql/types.ts': await typesModule(schema, document),
    'packages/client/src/graphql/operations.ts': textsModule(operations, fragmentsIn(document)),
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

function fragmentsIn({ definitions }: Pick<DocumentNode, 'definitions'>): FragmentDefinitionNode[] {
  return definitions.filter((node) => node.kind === Kind.FRAGMENT_DEFINITION);
}

function operationsIn({ definitions }: DocumentNode): Operation[] {
  const fragments = fragmentsIn({ definitions });
  const operations = definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION);
  return operations.map((node) => ({
    name: node.name?.value ?? '',
    kind: node.operation === OperationTypeNode.QUERY ? 'query' : 'mutation',
    text: stripIgnoredCharacters(print(node)),
    fragments: fragmentsOf(node, fragments).map((fragment) => fragment.name.value),
  }));
}

/** The fragments that a node spreads, and those that they spread, in the order of the files. */
function fragmentsOf(
  node: OperationDefinitionNode | FragmentDefinitionNode,
  all: readonly FragmentDefinitionNode[],
): FragmentDefinitionNode[] {
  const names = new Set<string>();
  visit(node, { FragmentSpread: ({ name }) => void names.add(name.value) });
  const direct = all.filter(({ name }) => names.has(name.value));
  const found = new Set(direct.flatMap((fragment) => [fragment, ...fragmentsOf(fragment, all)]));
  return all.filter((fragment) => found.has(fragment));
}

async function typesModule(schema: GraphQLSchema, document: DocumentNode): Promise<string> {
  const types = await codegen({
    filename: 'types.ts',
    schema: { kind: Kind.DOCUMENT, definitions: [] },
    schemaAst: schema,
    documents: [{ location: OPERATIONS, document }],
    config: {
      scalars: { ID: 'string', EmailAddress: 'string', DateTime: 'string', JWT: 'string' },
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

function textsModule(operations: readonly Operation[], fragments: readonly FragmentDefinitionNode[]): string {
  const types = operations.flatMap(({ name, kind }) => [resultOf(name, kind), variablesOf(name, kind)]);
  const constants = fragments.map(
    (node) => `const ${constantOf(node.name.value)} = ${JSON.stringify(stripIgnoredCharacters(print(node)))};`,
  );
  const texts = operations.map(({ name, kind, text, fragments: used }) => {
    const type = `TypedDocument<${resultOf(name, kind)}, ${variablesOf(name, kind)}>`;
    const parts = [JSON.stringify(text), ...used.map((fragment) => constantOf(fragment))];
    // The comment lets bundlers leave out what a page does not use.
    const joined = parts.length > 1 ? `/* @__PURE__ */ [${parts.join(', ')}].join('')` : parts[0];
    return `export const ${constantOf(name)}: ${type} = ${joined ?? ''};`;
  });
  return [
    NOTICE,
    `import type { TypedDocument } from './typed-document.js';`,
    `import type { ${types.join(', ')} } from './types.js';`,
    '',
    ...constants,
    '',
    ...texts,
  ].join('\n');
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
