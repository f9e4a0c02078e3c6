import { sendOnce } from '../load/http-connection.js';
import { get, postJson, succeeded } from '../load/requests.js';
import { inRing, takingTurns } from '../load/ring.js';
import { ACCOUNTS, newAddress, PASSWORD, type Exchanges } from './exchanges.js';

interface Account {
  readonly email: string;
  readonly cookie: string;
}

const BASE = '/api/auth';

const signUp = (email: string): Buffer =>
  postJson(`${BASE}/sign-up/email`, { name: 'Ada Lovelace', email, password: PASSWORD });

/** Registers accounts with better-auth; returns what their clients send. It does not rotate tokens: no `refresh`. */
export async function prepareBetterAuth(url: string): Promise<Exchanges> {
  const accounts: Account[] = [];
  while (accounts.length < ACCOUNTS) accounts.push(await register(url));
  const reads = accounts.map(({ cookie }) => get(`${BASE}/get-session`, { cookie }));
  const signIns = accounts.map(({ email }) => postJson(`${BASE}/sign-in/email`, { email, password: PASSWORD }));
  const expected = accounts.map(({ email }) => Buffer.from(`"email":"${email}"`));
  return {
    me: {
      request: (client) => inRing(reads, client),
      accepts: (reply, client) => succeeded(reply, inRing(expected, client)),
    },
    login: { request: takingTurns(signIns), accepts: (reply) => succeeded(reply, '"token":"') },
    register: { request: () => signUp(newAddress()), accepts: (reply) => succeeded(reply, '"token":"') },
  };
}

async function register(url: string): Promise<Account> {
  const email = newAddress();
  const reply = await sendOnce(url, signUp(email));
  const cookie = /\r\nset-cookie: ([^;\r]*session_token=[^;\r]+)/i.exec(reply.head)?.[1];
  if (reply.status !== 200 || cookie === undefined)
    throw new Error(`better-auth refused a registration: ${reply.head}\n${reply.body.toString()}`);
  return { email, cookie };
}
