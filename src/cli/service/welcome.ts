const REGISTER = `mutation {
  register(input: { email: "ada@example.com", password: "correct horse battery", firstName: "Ada" }) {
    __typename
    ... on LoginSuccess { user { id email } tokens { accessToken refreshToken } }
    ... on AuthError { code message }
  }
}`;

const LOGIN = `mutation {
  login(input: { email: "ada@example.com", password: "correct horse battery" }) {
    __typename
    ... on LoginSuccess { user { id email } tokens { accessToken refreshToken } }
    ... on AuthError { code message }
  }
}`;

const ME = `{ me { id email firstName sessions { deviceName current } } }`;

/** The first operations to try, in order. */
export const FIRST_OPERATIONS = [
  { title: 'Register', operation: REGISTER },
  { title: 'Sign in', operation: LOGIN },
  { title: 'Ask who you are', operation: ME },
] as const;

/** What a newcomer reads when the service is up: where it is, and three operations to paste. */
export function welcome(address: string, databaseFolder: string | undefined): string {
  const url = `${address.replace('127.0.0.1', 'localhost')}/graphql`;
  return [
    '',
    `The auth subgraph answers on ${url}`,
    databaseFolder === undefined ? 'Its data is in the database of DATABASE_URL' : `Its data is in ${databaseFolder}`,
    '',
    'Paste these into a second terminal:',
    '',
    '1. Register',
    curl(url, REGISTER),
    '',
    '2. Sign in',
    curl(url, LOGIN),
    '',
    '3. Ask who you are (with the accessToken of an answer above)',
    curl(url, ME, `-H 'authorization: Bearer <accessToken>' `),
    '',
  ].join('\n');
}

function curl(url: string, query: string, headers = ''): string {
  const body = JSON.stringify({ query: query.replace(/\s+/g, ' ') });
  return `curl -s ${url} -H 'content-type: application/json' ${headers}-d '${body}'`;
}
