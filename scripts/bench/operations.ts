import { post, type Step } from './load.js';

export interface Operation {
  readonly name: string;
  readonly clients: number;
  readonly step: Step;
}

const PASSWORD = 'correct horse battery staple';
const TOKENS = 'user { id } tokens { accessToken refreshToken }';
const register = `mutation ($input: RegisterInput!) { register(input: $input) { ... on LoginSuccess { ${TOKENS} } } }`;
const login = `mutation ($input: LoginInput!) { login(input: $input) { ... on LoginSuccess { ${TOKENS} } } }`;
const refresh = `mutation ($input: RefreshInput!) { refresh(input: $input) { ... on LoginSuccess { ${TOKENS} } } }`;
const me = '{ me { id email firstName lastName emailVerified } }';
const entities = 'query ($r: [_Any!]!) { _entities(representations: $r) { ... on User { id firstName lastName } } }';

interface Tokens {
  readonly accessToken: string;
  refreshToken: string;
}

interface Person extends Tokens {
  readonly email: string;
  readonly id: string;
}

/** The operations, on people who are registered for them. */
export async function prepareOperations(url: string): Promise<{ operations: Operation[]; emails: string[] }> {
  let count = 0;
  const newEmail = (): string => `bench-${String(process.pid)}-${String((count += 1))}@example.com`;
  const call = (query: string, input: object, token?: string): Promise<string> =>
    post(url, JSON.stringify({ query, variables: { input } }), token).then(({ text }) => text);

  async function newPerson(): Promise<Person> {
    const email = newEmail();
    const text = await call(register, { email, password: PASSWORD });
    const { data } = JSON.parse(text) as { data: { register: { user: { id: string }; tokens: Tokens } } };
    return { email, id: data.register.user.id, ...data.register.tokens };
  }

  const people: Person[] = [];
  for (let n = 0; n < 50; n += 1) people.push(await newPerson());
  const person = (client: number): Person => {
    const found = people[client % people.length];
    if (!found) throw new Error('nobody is registered');
    return found;
  };
  const meBody = JSON.stringify({ query: me });
  const representations = people.map(({ id }) => ({ __typename: 'User', id }));
  const entitiesBody = JSON.stringify({ query: entities, variables: { r: representations } });
  const operations: Operation[] = [
    {
      name: 'me',
      clients: 50,
      step: async (client) => (await post(url, meBody, person(client).accessToken)).text.includes(person(client).email),
    },
    {
      name: 'refresh',
      clients: 8,
      step: async (client) => {
        const text = await call(refresh, { refreshToken: person(client).refreshToken });
        const token = /"refreshToken":"([^"]+)"/.exec(text)?.[1];
        if (token !== undefined) person(client).refreshToken = token;
        return token !== undefined;
      },
    },
    {
      name: '_entities of 50 users',
      clients: 20,
      step: async () => (await post(url, entitiesBody)).text.includes(person(49).id),
    },
    {
      name: 'login',
      clients: 8,
      step: async (client) =>
        (await call(login, { email: person(client).email, password: PASSWORD })).includes('accessToken'),
    },
    {
      name: 'register',
      clients: 8,
      step: async () => (await call(register, { email: newEmail(), password: PASSWORD })).includes('accessToken'),
    },
  ];
  return { operations, emails: people.map(({ email }) => email) };
}
