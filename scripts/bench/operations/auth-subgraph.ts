import type { Reply } from '../load/http-response.js';
import { sendOnce } from '../load/http-connection.js';
import { succeeded } from '../load/requests.js';
import { inRing, takingTurns } from '../load/ring.js';
import { ACCOUNTS, newAddress, PASSWORD, type Exchanges } from './exchanges.js';
import { countIds, entities, login, me, refresh, refreshTokenIn, register } from './graphql.js';

interface Account {
  readonly email: string;
  readonly id: string;
  readonly accessToken: string;
  refreshToken: string;
  /** With it, a sign-in causes no email about a new device. */
  readonly deviceToken: string;
}

const isSignedIn = (reply: Reply): boolean => succeeded(reply, '"accessToken":"');

/** Registers accounts with a running service; returns what their clients send. */
export async function prepareService(url: string): Promise<Exchanges & { readonly emails: readonly string[] }> {
  const accounts: Account[] = [];
  while (accounts.length < ACCOUNTS) accounts.push(await openAccount(url));
  const logins = accounts.map(({ email, deviceToken }) => login({ email, password: PASSWORD, deviceToken }));
  return {
    ...reads(accounts),
    refresh: {
      request: (client) => refresh(inRing(accounts, client).refreshToken),
      accepts: (reply, client) => {
        const token = refreshTokenIn(reply);
        if (token !== undefined) inRing(accounts, client).refreshToken = token;
        return isSignedIn(reply) && token !== undefined;
      },
    },
    login: { request: takingTurns(logins), accepts: isSignedIn },
    register: {
      request: () => register({ email: newAddress(), password: PASSWORD }),
      accepts: isSignedIn,
    },
    emails: accounts.map(({ email }) => email),
  };
}

function reads(accounts: readonly Account[]): Pick<Required<Exchanges>, 'me' | 'entities'> {
  const requests = accounts.map(({ accessToken }) => me(accessToken));
  const expected = accounts.map(({ email }) => Buffer.from(`"email":"${email}"`));
  const ids = accounts.map(({ id }) => id);
  return {
    me: {
      request: (client) => inRing(requests, client),
      accepts: (reply, client) => succeeded(reply, inRing(expected, client)),
    },
    entities: entitiesOf(ids),
  };
}

/** `_entities` of these users, for any subgraph. */
export function entitiesOf(ids: readonly string[]): Required<Exchanges>['entities'] {
  const request = entities(ids);
  const last = `"id":"${ids.at(-1) ?? ''}"`;
  return {
    request: () => request,
    accepts: (reply) => succeeded(reply, last) && countIds(reply) === ids.length,
  };
}

async function openAccount(url: string): Promise<Account> {
  const email = newAddress();
  const { body } = await sendOnce(url, register({ email, password: PASSWORD }));
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
