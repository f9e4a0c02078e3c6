/** A POST to `/graphql` that nobody sends by accident. */
export interface Attack {
  readonly name: string;
  /** The text of a body, or its value. */
  readonly body: string | object;
}

const many = (count: number, make: (n: string) => string): string =>
  Array.from({ length: count }, (_value, n) => make(String(n))).join(' ');

const nested = (levels: number, open: string, close: string, inside = ''): string =>
  open.repeat(levels) + inside + close.repeat(levels);

const login = (n: string): string => `l${n}: login(input: $i) { __typename }`;
const INPUT = { i: { email: 'ada@example.com', password: 'a guess' } };

/** Logins under that many names, a tenth of them in each of a chain of fragments. */
function loginsInFragments(count: number): string {
  const fragment = (n: string): string =>
    `fragment F${n} on Mutation { ${n === '9' ? '' : `...F${String(Number(n) + 1)}`} ${many(count / 10, (m) => login(`${n}_${m}`))} }`;
  return `mutation ($i: LoginInput!) { ...F0 } ${many(10, fragment)}`;
}

export const ALIASED_LOGINS: readonly Attack[] = [2, 100, 1000].flatMap((count) => [
  {
    name: `${String(count)} aliased logins`,
    body: { query: `mutation ($i: LoginInput!) { ${many(count, login)} }`, variables: INPUT },
  },
  ...(count < 10
    ? []
    : [
        {
          name: `${String(count)} aliased logins in nested fragments`,
          body: { query: loginsInFragments(count), variables: INPUT },
        },
      ]),
  {
    name: `a batch of ${String(count)} logins`,
    body: Array.from({ length: count }, () => ({
      query: `mutation ($i: LoginInput!) { ${login('')} }`,
      variables: INPUT,
    })),
  },
]);

const chain = (spreads: string): string =>
  `{ ...F100 } fragment F0 on Query { __typename } ${many(100, (n) => `fragment F${String(Number(n) + 1)} on Query { ${spreads.replaceAll('F', `F${n}`)} }`)}`;

const DOCUMENTS: Readonly<Record<string, string>> = {
  'a fragment bomb': chain('...F ...F'),
  'a fragment bomb of fields': chain('a: __typename ...F b: __typename ...F'),
  'a cycle of fragments': `{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }`,
  'a depth of 5,000': nested(5000, '{me', '}', '{id}'),
  'a depth of 1,600': nested(1600, '{me', '}', '{id}'),
  'inline fragments 1,600 levels deep': nested(1600, '{...', '}', '{__typename}'),
  '100,000 fields': `{ ${'__typename '.repeat(100_000)} }`,
  '100,000 fields of one letter': `{ ${'a '.repeat(100_000)} }`,
  '4,900 fields': `{ ${'__typename '.repeat(4900)} }`,
  '5,000 directives': `{ me { id ${'@skip '.repeat(5000)} } }`,
  '2,400 directives on a field': `{ me { id ${'@skip '.repeat(2400)} } }`,
  '2,400 unknown directives on an operation': `query ${'@x '.repeat(2400)} { __typename }`,
  '2,400 unknown directives on a fragment': `{ ...F } fragment F on Query ${'@x '.repeat(2400)} { __typename }`,
  '500 duplicate fields': `{ ${'__typename '.repeat(500)} }`,
  '500 duplicate fields with selections': `{ ${'me{id} '.repeat(500)} }`,
  '101 aliases': `{ ${many(101, (n) => `a${n}: __typename`)} }`,
  '700 unknown fields': `{ ${many(700, (n) => `x${n}`)} }`,
  '1,600 variables': `query (${many(1600, (n) => `$v${n}:A`)}) { __typename }`,
  '1,600 unknown arguments': `{ me(${many(1600, (n) => `a${n}:1`)}) { id } }`,
  '1,600 unknown input fields': `mutation { login(input: {${many(1600, (n) => `a${n}:1`)}}) { __typename } }`,
  '800 operations of one name': 'query A{__typename}'.repeat(800),
  '700 fragments of one name': `{ __typename } ${'fragment F on Query{__typename}'.repeat(700)}`,
  'a list 2,400 levels deep': `mutation { login(input: ${nested(2400, '[', ']')}) { __typename } }`,
  'an object 1,200 levels deep': `mutation { login(input: ${nested(1200, '{a:', '}', '1')}) { __typename } }`,
  'a type 2,400 levels deep': `query ($v: ${nested(2400, '[', ']', 'Int')}) { __typename }`,
  'an introspection of the introspection': `{ __schema { types { ${nested(8, 'fields { type { ', '} }', 'name ')} } } }`,
  'a string of a megabyte': `mutation { login(input: "${'a'.repeat(1_000_000)}") { __typename } }`,
  'a number of a megabyte': `mutation { login(input: ${'9'.repeat(1_000_000)}) { __typename } }`,
  'an operation name of a megabyte in every error': `query ${'a'.repeat(900_000)} { ${many(30, (n) => `me @include(if: $v${n}) { id }`)} }`,
  'a name of a megabyte': `{ ${'a'.repeat(1_000_000)} }`,
  'a megabyte of line ends before unknown fields': `{ ${'\n'.repeat(450_000)} ${many(30, (n) => `x${n}`)} }`,
  'a megabyte of line ends before an open brace': `{ ${'\n'.repeat(450_000)} {`,
  'a megabyte of commas': `{ ${','.repeat(1_000_000)} nobody }`,
  'a megabyte of comments': `{ ${'#\n'.repeat(330_000)} nobody }`,
  'a megabyte of suggestions': `{ me(a: "${' Did you mean '.repeat(70_000)}" "${' Did you mean '.repeat(100)}") }`,
  'a megabyte of brackets': '('.repeat(1_000_000),
  NUL: '{ \u0000 }',
  'a lone surrogate': '{ a: me(x: "\ud800") { id } }',
  'an escaped lone surrogate': String.raw`{ a: me(x: "\ud800") { id } }`,
  'a number that is infinite': 'mutation { login(input: 1e999999) { __typename } }',
  'a subscription': 'subscription { me { id } }',
  'an @defer': '{ ... @defer { me { id } } }',
  'a schema': 'type Query { me: String }',
};

const BOOLEAN = 'query ($b: Boolean!) { __typename @include(if: $b) }';
const ENTITIES = 'query ($r: [_Any!]!) { _entities(representations: $r) { __typename } }';
const LOGIN = 'mutation ($i: LoginInput!) { login(input: $i) { __typename } }';
const representations = (count: number, id: unknown = 'x'): object => ({
  query: ENTITIES,
  variables: { r: Array.from({ length: count }, () => ({ __typename: 'User', id })) },
});
const withVariables = (query: string, json: string): string => `{"query":${JSON.stringify(query)},"variables":${json}}`;

const BODIES: Readonly<Record<string, string | object>> = {
  '1,001 representations': representations(1001),
  '2,000 representations': representations(2000),
  '20,000 representations': representations(20_000),
  'JSON 100,000 levels deep': nested(100_000, '[', ']'),
  'JSON 100,000 levels deep that never ends': '{"query":'.repeat(100_000),
  'variables 100,000 levels deep': withVariables(BOOLEAN, `{"b":${nested(100_000, '{"a":', '}', '1')}}`),
  'an input 100,000 levels deep': withVariables(LOGIN, `{"i":${nested(100_000, '[', ']')}}`),
  'a password 100,000 levels deep': withVariables(
    LOGIN,
    `{"i":{"email":"a@example.com","password":${nested(100_000, '[', ']')}}}`,
  ),
  'a representation 100,000 levels deep': withVariables(
    ENTITIES,
    `{"r":[{"__typename":${nested(100_000, '[', ']')}}]}`,
  ),
  '60,000 input fields': {
    query: LOGIN,
    variables: { i: Object.fromEntries(Array.from({ length: 60_000 }, (_value, n) => [`a${String(n)}`, n])) },
  },
  'a variable of a megabyte': { query: BOOLEAN, variables: { b: 'a'.repeat(1_000_000) } },
  'a variable of many suggestions': { query: BOOLEAN, variables: { b: ' Did you mean '.repeat(70_000) } },
  'a variable of many places': { query: BOOLEAN, variables: { b: ' at "a'.repeat(140_000) } },
  'a variable of many expectations': { query: BOOLEAN, variables: { b: '; Expected type "A'.repeat(50_000) } },
  '4,900 input fields': {
    query: LOGIN,
    variables: { i: Object.fromEntries(Array.from({ length: 4_900 }, (_value, n) => [`a${String(n)}`, n])) },
  },
  'ten input fields of 100 kilobytes': {
    query: LOGIN,
    variables: {
      i: Object.fromEntries(Array.from({ length: 10 }, (_value, n) => [`a${String(n)}`, 'a'.repeat(100_000)])),
    },
  },
  'a variable that is infinite': withVariables(BOOLEAN, '{"b":1e999}'),
  'a variable of a million digits': withVariables(BOOLEAN, `{"b":${'9'.repeat(1_000_000)}}`),
  'a variable with NUL': { query: BOOLEAN, variables: { b: '\u0000' } },
  'a variable with a lone surrogate': withVariables(BOOLEAN, String.raw`{"b":"\ud800"}`),
  'a persisted query': { query: '{ __typename }', extensions: { persistedQuery: { version: 1, sha256Hash: 'x' } } },
  'a persisted query that is unknown': { extensions: { persistedQuery: { version: 1, sha256Hash: 'x'.repeat(64) } } },
  'a persisted login': {
    query: LOGIN,
    variables: INPUT,
    extensions: { persistedQuery: { version: 2, sha256Hash: {} } },
  },
  'an operation name of a megabyte': { query: 'query A { __typename }', operationName: 'a'.repeat(1_000_000) },
};

export const LARGE_OPERATIONS: readonly Attack[] = Object.entries(DOCUMENTS).map(([name, query]) => ({
  name,
  body: { query },
}));
export const LARGE_BODIES: readonly Attack[] = Object.entries(BODIES).map(([name, body]) => ({ name, body }));

/** Inputs of the right type that every form rejects. */
export const LARGE_VALUES: readonly Attack[] = Object.entries({
  'an address of a megabyte': `${'a'.repeat(900_000)}@example.com`,
  'an address of many dots': `a@${'a.'.repeat(450_000)}com`,
  'an address of many at signs': '@'.repeat(900_000),
  'an address of spaces': `a${' '.repeat(900_000)}b`,
}).map(([name, email]) => ({ name, body: { query: LOGIN, variables: { i: { ...INPUT.i, email } } } }));
