import type { Reply } from '../load/http-response.js';
import { sendOnce } from '../load/http-connection.js';
import { postJson, succeeded } from '../load/requests.js';
import { ACCOUNTS, newAddress, ofClient, PASSWORD, type Exchanges } from './exchanges.js';

const TOKENS = 'user { id } tokens { accessToken refreshToken }';
const REGISTER = `mutation ($input: RegisterInput!) { register(input: $input) { ... on LoginSuccess { ${TOKENS} deviceToken } } }`;
const LOGIN = `mutation ($input: LoginInput!) { login(input: $input) { ... on LoginSuccess { ${TOKENS} } } }`;
const REFRESH = `mutation ($input: RefreshInput!) { refresh(input: $input) { ... on LoginSuccess { ${TOKENS} } } }`;
const ME = '{ me { id email firstName lastName emailVerified } }';
const ENTITIES = 'query ($r: [_Any!]!) { _entities(representations: $r) { ... on User { id firstName lastName } } }';

interface Account {
  readonly email: string;
  readonly id: string;
  readonly accessToken: string;
  refreshToken: string;
  /** With it, a sign-in causes no email about a new device. */
  readonly deviceToken: string;
}

export function graphql(query: string, variables?: object, accessToken?: string): Buffer {
  const authorization = accessToken === undefined ? {} : { authorization: `Bearer ${accessToken}` };
  return postJson('/graphql', { query, variables }, authorization);
}

const mutation = (query: string, input: object): Buffer => graphql(query, { input });
const isSignedIn = (reply: Reply): boolean => succeeded(reply, '"accessToken":"');

/** Registers accounts with a running service; returns what their clients send. */
export async function prepareService(url: string): Promise<Exchanges & { readonly emails: readonly string[] }> {
  const accounts: Account[] = [];
  while (accounts.length < ACCOUNTS) accounts.push(await register(url));
  const logins = accounts.map(({ email, deviceToken }) => mutation(LOGIN, { email, password: PASSWORD, deviceToken }));
  return {
    ...reads(accounts),
    refresh: {
      request: (client) => mutation(REFRESH, { refreshToken: ofClient(accounts, client).refreshToken }),
      accepts: (reply, client) => {
        const token = /"refreshToken":"([^"]+)"/.exec(reply.body.toString('latin1'))?.[1];
        if (token !== undefined) ofClient(accounts, client).refreshToken = token;
        return isSignedIn(reply) && token !== undefined;
      },
    },
    login: { request: (client) => ofClient(logins, client), accepts: isSignedIn },
    register: {
      request: () => mutation(REGISTER, { email: newAddress(), password: PASSWORD }),
      accepts: isSignedIn,
    },
    emails: accounts.map(({ email }) => email),
  };
}

function reads(accounts: readonly Account[]): Pick<Required<Exchanges>, 'me' | 'entities'> {
  const requests = accounts.map(({ accessToken }) => graphql(ME, undefined, accessToken));
  const expected = accounts.map(({ email }) => Buffer.from(`"email":"${email}"`));
  const ids = accounts.map(({ id }) => id);
  return {
    me: {
      request: (client) => ofClient(requests, client),
      accepts: (reply, client) => succeeded(reply, ofClient(expected, client)),
    },
    entities: entitiesOf(ids),
  };
}

/** `_entities` of these users, for any subgraph. */
export function entitiesOf(ids: readonly string[]): Required<Exchanges>['entities'] {
  const request = graphql(ENTITIES, { r: ids.map((id) => ({ __typename: 'User', id })) });
  const last = `"id":"${ids.at(-1) ?? ''}"`;
  return {
    request: () => request,
    accepts: (reply) =>
      succeeded(reply, last) && reply.body.toString('latin1').split('"id":').length === ids.length + 1,
  };
}

async function register(url: string): Promise<Account> {
  const email = newAddress();
  const { body } = await sendOnce(url, mutation(REGISTER, { email, password: PASSWORD }));
  const { data } = JSON.parse(body.toString()) as {
    data?: {
      register?: {
        user?: { id: string };
        tokens?: { accessToken: string; refreshToken: string };
        deviceToken?: string;
      };
    };
  };
  const { user, tokens, deviceToken } = data?.register ?? {};
  if (!user || !tokens || deviceToken === undefined) throw new Error(`registration failed: ${body.toString()}`);
  return { email, id: user.id, ...tokens, deviceToken };
}
