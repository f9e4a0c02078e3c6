import { randomInt } from 'node:crypto';
import { post, type Reply, type Step } from './load.js';
import { PASSWORD, type Person } from './people.js';
import { inRing } from './ring.js';
import { accessTokenOf } from './service.js';

export interface Operation {
  readonly name: string;
  readonly clients: number;
  /** Sends the next request of a client to a service. */
  readonly stepOn: (url: string) => Step;
}

const REPRESENTATIONS = 50;
/** The same for every database, because the service remembers the tokens that it has verified. */
const ACCESS_TOKENS = 20_000;

const ME = JSON.stringify({ query: '{ me { id email firstName lastName emailVerified } }' });
const ENTITIES = 'query ($r: [_Any!]!) { _entities(representations: $r) { ... on User { id firstName lastName } } }';
const TOKENS = '__typename ... on LoginSuccess { user { id } tokens { accessToken refreshToken } }';
const REFRESH = `mutation ($input: RefreshInput!) { refresh(input: $input) { ${TOKENS} } }`;
const LOGIN = `mutation ($input: LoginInput!) { login(input: $input) { ${TOKENS} } }`;

/** What the service is asked on behalf of generated people, who take turns so that no row is asked for again soon. */
export function operationsOf(people: readonly Person[]): Operation[] {
  return [meOf(people), refreshOf(people), loginOf(people), entitiesOf(people)];
}

/** Each client has its own people, so that nobody is refreshed by two clients at once. */
function turns<T>(all: readonly T[], clients: number): (client: number) => T {
  const next = new Map<number, number>();
  return (client) => {
    const place = next.get(client) ?? client % all.length;
    next.set(client, place + clients < all.length ? place + clients : client % all.length);
    return inRing(all, place);
  };
}

function meOf(people: readonly Person[]): Operation {
  const callers = Array.from({ length: ACCESS_TOKENS }, (_value, index) => {
    const person = inRing(people, index);
    return { token: accessTokenOf(person), expected: `"id":"${person.userId}"` };
  });
  const clients = 50;
  const next = turns(callers, clients);
  const stepOn = (url: string): Step => {
    return async (client) => {
      const { token, expected } = next(client);
      return succeeded(await post(`${url}/graphql`, ME, token), expected);
    };
  };
  return { name: 'me', clients, stepOn };
}

export function refreshOf(people: readonly Person[], maxClients = 8): Operation {
  const clients = Math.min(maxClients, people.length);
  const next = turns(people, clients);
  const stepOn = (url: string): Step => {
    return async (client) => {
      const person = next(client);
      const reply = await mutate(url, REFRESH, { refreshToken: person.refreshToken });
      const token = /"refreshToken":"([^"]+)"/.exec(reply.text)?.[1];
      if (token !== undefined) person.refreshToken = token;
      return succeeded(reply, `"id":"${person.userId}"`) && token !== undefined;
    };
  };
  return { name: 'refresh', clients, stepOn };
}

/** A refresh that returns what the previous one returned, within the grace period. */
export function repeatedRefreshOf(people: readonly Person[]): Operation {
  const used = people.map(({ userId, refreshToken }) => ({ userId, refreshToken }));
  const next = turns(used, 1);
  const stepOn = (url: string): Step => {
    return async (client) => {
      const { userId, refreshToken } = next(client);
      await mutate(url, REFRESH, { refreshToken });
      return succeeded(await mutate(url, REFRESH, { refreshToken }), `"id":"${userId}"`);
    };
  };
  return { name: 'refresh, repeated', clients: 1, stepOn };
}

/** Sign-ins from a device that the user has used before. */
export function loginOf(people: readonly Person[]): Operation {
  const clients = 8;
  const next = turns(people, clients);
  const stepOn = (url: string): Step => {
    return async (client) => {
      const { email, deviceToken, userId } = next(client);
      const reply = await mutate(url, LOGIN, { email, password: PASSWORD, deviceToken });
      return succeeded(reply, `"id":"${userId}"`);
    };
  };
  return { name: 'login', clients, stepOn };
}

function entitiesOf(people: readonly Person[]): Operation {
  const stepOn = (url: string): Step => {
    return async () => {
      const first = randomInt(people.length);
      const asked = Array.from({ length: REPRESENTATIONS }, (_value, index) => {
        const { userId: id } = inRing(people, first + index);
        return { __typename: 'User', id };
      });
      const reply = await post(`${url}/graphql`, JSON.stringify({ query: ENTITIES, variables: { r: asked } }));
      return succeeded(reply) && reply.text.split('"id":').length === REPRESENTATIONS + 1;
    };
  };
  return { name: '_entities', clients: 20, stepOn };
}

async function mutate(url: string, query: string, input: object): Promise<Reply> {
  return post(`${url}/graphql`, JSON.stringify({ query, variables: { input } }));
}

function succeeded({ status, text }: Reply, content = ''): boolean {
  return status === 200 && !text.includes('"errors":') && text.includes(content);
}
