const REGISTER = `mutation {
  register(input: { email: "ada@example.com", password: "correct horse battery", firstName: "Ada" }) {
    __typename
    ... on LoginSuccess { user { id } tokens { accessToken refreshToken } }
    ... on AuthError { code message }
  }
}`;

const CREATE_POST = `mutation { createPost(title: "Notes on the Analytical Engine") { id author { firstName } } }`;

const READ = `{ me { id email posts { title } } posts { title author { firstName } } }`;

/** Commands for a newcomer to paste into a second terminal, one after the other. */
export function operations(url: string): string {
  const signedIn = `-H 'authorization: Bearer <accessToken>' `;
  return [
    '1. Register, in the auth subgraph',
    curl(url, REGISTER),
    '',
    '2. Write a post, in the posts subgraph (with the accessToken from the response above)',
    curl(url, CREATE_POST, signedIn),
    '',
    '3. Read from both at once (with the same accessToken)',
    curl(url, READ, signedIn),
    '',
  ].join('\n');
}

function curl(url: string, query: string, headers = ''): string {
  const body = JSON.stringify({ query: query.replace(/\s+/g, ' ') });
  return `curl -s ${url} -H 'content-type: application/json' ${headers}-d '${body}'`;
}
