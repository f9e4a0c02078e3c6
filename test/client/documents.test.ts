import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import * as documents from '@auth-subgraph/client/documents';
import {
  buildSchema,
  parse,
  print,
  separateOperations,
  TypeInfo,
  validate,
  visit,
  visitWithTypeInfo,
  type GraphQLObjectType,
} from 'graphql';
import { ROOT } from '../support/pages.js';

const DIRECTIVES =
  'directive @link(url: String!, import: [String!]) repeatable on SCHEMA\ndirective @key(fields: String!) repeatable on OBJECT\n';

async function schema() {
  const sdl = await readFile(`${ROOT}schema.graphql`, 'utf8');
  return buildSchema(DIRECTIVES + sdl.replace(/extend schema[^)]*\)/, ''), { assumeValidSDL: true });
}

/** The response names that a document selects, by type, in order: the same with and without fragments. */
function selectedIn(document: ReturnType<typeof parse>, info: TypeInfo): string[] {
  const selected: string[] = [];
  visit(
    document,
    visitWithTypeInfo(info, {
      Field: ({ name }) => void selected.push(`${info.getParentType()?.name ?? ''}.${name.value}`),
    }),
  );
  return [...new Set(selected)].sort();
}

/** They belong to the application, which selects them in its own documents. */
const DOCUMENTS_OF_APPLICATIONS = ['User.preferences', 'User.publicMetadata'];

test('the documents of the client select every query, every mutation and every other field of the user', async () => {
  const types = await schema();
  const selected = Object.values(documents).flatMap((document) => selectedIn(document, new TypeInfo(types)));
  const roots = [types.getQueryType(), types.getMutationType(), types.getType('User') as GraphQLObjectType];
  const fields = roots.flatMap((type) =>
    Object.keys(type?.getFields() ?? {}).map((field) => `${type?.name ?? ''}.${field}`),
  );
  expect(fields.filter((field) => !selected.includes(field)).sort()).toEqual(DOCUMENTS_OF_APPLICATIONS);
});

test('the documents of the client are valid, and select what their files do', async () => {
  const types = await schema();
  const files = globSync(`${ROOT}packages/client/operations/*.graphql`);
  const source = parse((await Promise.all(files.map((file) => readFile(file, 'utf8')))).join('\n'));
  const written = separateOperations(source);
  const names = Object.keys(written).map((name) => `${name}Document`);
  expect(Object.keys(documents).sort()).toEqual(names.sort());
  for (const [name, document] of Object.entries(documents)) {
    const file = written[name.replace(/Document$/, '')]!;
    expect(validate(types, document)).toEqual([]);
    expect(print(document)).not.toContain('fragment');
    expect(selectedIn(document, new TypeInfo(types))).toEqual(selectedIn(file, new TypeInfo(types)));
  }
});
