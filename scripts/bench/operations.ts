import { post, type Reply, type Step } from './load.js';

interface Operation {
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

interface Person {
  readonly email: string;
  readonly id: string;
  readonly accessToken: string;
  refreshToken: string;
}

type Operations = Record<'me' | 'refresh' | 'entities' | 'login' | 'register', Operation>;

/** The operations, run by fifty registered users. */
export async function prepareOperations(url: string): Promise<Operations & { emails: string[] }> {
  const people: Person[] = [];
  for (let n = 0; n < 50; n += 1) people.push(await registerPerson(url));
  const person = (client: number): Person => {
    const found = people[client % people.length];
    if (!found) throw new Error('no user is registered');
    return found;
  };
  const emails = people.map(({ email }) => email);
  return { ...reading(url, people, person), ...signingIn(url, person), emails };
}

function reading(
  url: string,
  people: readonly Person[],
  person: (client: number) => Person,
): Pick<Operations, 'me' | 'entities'> {
  const meBody = JSON.stringify({ query: me });
  const representations = people.map(({ id }) => ({ __typename: 'User', id }));
  const entitiesBody = JSON.stringify({ query: entities, variables: { r: representations } });
  return {
    me: {
      name: 'me',
      clients: 50,
      step: async (client) => {
        const { email, accessToken } = person(client);
        return succeeded(await post(url, meBody, accessToken), `"email":"${email}"`);
      },
    },
    entities: {
      name: '_entities of 50 users',
      clients: 20,
      step: async () => {
        const reply = await post(url, entitiesBody);
        return succeeded(reply) && reply.text.split('"id":').length === people.length + 1;
      },
    },
  };
}

function signingIn(
  url: string,
  person: (client: number) => Person,
): Pick<Operations, 'refresh' | 'login' | 'register'> {
  const isSignedIn = async (query: string, input: object): Promise<boolean> =>
    succeeded(await mutate(url, query, input), '"accessToken":"');
  return {
    refresh: {
      name: 'refresh',
      clients: 8,
      step: async (client) => {
        const reply = await mutate(url, refresh, { refreshToken: person(client).refreshToken });
        const token = /"refreshToken":"([^"]+)"/.exec(reply.text)?.[1];
        if (token !== undefined) person(client).refreshToken = token;
        return succeeded(reply) && token !== undefined;
      },
    },
    login: {
      name: 'login',
      clients: 8,
      step: (client) => isSignedIn(login, { email: person(client).email, password: PASSWORD }),
    },
    register: { name: 'register', clients: 8, step: () => isSignedIn(register, newPerson()) },
  };
}

let count = 0;

function newPerson(): { email: string; password: string } {
  count += 1;
  return { email: `bench-${String(process.pid)}-${String(count)}@example.com`, password: PASSWORD };
}

async function registerPerson(url: string): Promise<Person> {
  const input = newPerson();
  const { text } = await mutate(url, register, input);
  const { data } = JSON.parse(text) as {
    data?: { register?: { user?: { id: string }; tokens?: { accessToken: string; refreshToken: string } } };
  };
  const { user, tokens } = data?.register ?? {};
  if (!user || !tokens) throw new Error(`registration failed: ${text}`);
  return { email: input.email, id: user.id, ...tokens };
}

async function mutate(url: string, query: string, input: object): Promise<Reply> {
  return post(url, JSON.stringify({ query, variables: { input } }));
}

/** Checks that a response has no errors and contains the expected text. */
function succeeded({ status, text }: Reply, content = ''): boolean {
  return status === 200 && !text.includes('"errors":') && text.includes(content);
}
