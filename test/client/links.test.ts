import { setTimeout } from 'node:timers/promises';
import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { ApolloClient, ApolloLink, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { onSignedOut, type AuthClient } from '@auth-subgraph/client';
import { authLink, authPossibleTypes } from '@auth-subgraph/client/apollo';
import { LoginDocument, MeDocument } from '@auth-subgraph/client/documents';
import { authExchangeConfig } from '@auth-subgraph/client/urql';
import { Client, fetchExchange, type OperationResult } from '@urql/core';
import { authExchange } from '@urql/exchange-auth';
import { GraphQLClient } from 'graphql-request';
import { DEFAULT_PASSWORD } from '../support/graphql-client.js';
import { Device, GATEWAY, moveDeviceClock, registerOn } from '../support/device.js';
import { createTestApp, type TestApp } from '../support/test-app.js';
import { until } from '../support/until.js';

let app: TestApp;
let device: Device;
let auth: AuthClient;
beforeAll(async () => {
  app = await createTestApp();
});
beforeEach(() => {
  device = new Device(app);
  auth = device.client();
});

interface Answer {
  readonly data: unknown;
  readonly codes: readonly unknown[];
}

type Ask = (document: string) => Promise<Answer>;

const isMutation = (document: string): boolean => /\bmutation\b/.test(document);

function withApollo(): Ask {
  const client = new ApolloClient({
    link: ApolloLink.from([authLink(auth), new HttpLink({ uri: GATEWAY, fetch: device.fetch })]),
    cache: new InMemoryCache({ possibleTypes: authPossibleTypes }),
  });
  return async (document) => {
    const { data, error } = isMutation(document)
      ? await client.mutate({ mutation: gql(document), errorPolicy: 'all' })
      : await client.query({ query: gql(document), errorPolicy: 'all', fetchPolicy: 'no-cache' });
    const errors = (error as { errors?: { extensions?: { code?: unknown } }[] } | undefined)?.errors ?? [];
    return {
      data,
      codes: error && errors.length === 0 ? [error.name] : errors.map(({ extensions }) => extensions?.code),
    };
  };
}

function withUrql(): Ask {
  const client = new Client({
    url: GATEWAY,
    fetch: device.fetch,
    preferGetMethod: false,
    exchanges: [authExchange(authExchangeConfig(auth)), fetchExchange],
  });
  return async (document) => {
    const result: OperationResult = await (
      isMutation(document) ? client.mutation(document, {}) : client.query(document, {})
    ).toPromise();
    const { graphQLErrors = [], networkError } = result.error ?? {};
    return {
      data: result.data,
      codes: networkError ? [networkError.name] : graphQLErrors.map(({ extensions }) => extensions['code']),
    };
  };
}

function withGraphqlRequest(): Ask {
  const client = new GraphQLClient(GATEWAY, { fetch: auth.fetch, errorPolicy: 'all' });
  return async (document) => {
    try {
      const { data, errors = [] } = await client.rawRequest<object>(document);
      return { data, codes: errors.map(({ extensions }) => extensions['code']) };
    } catch (error) {
      return { data: undefined, codes: [(error as Error).name] };
    }
  };
}

const ME = 'query Own { me { email } }';

describe.each([
  { name: 'Apollo Client', connect: withApollo },
  { name: 'urql', connect: withUrql },
  { name: 'graphql-request', connect: withGraphqlRequest },
])('$name', ({ connect }) => {
  test('sends the token of whoever is signed in', async () => {
    const ask = connect();
    expect(await ask(ME)).toMatchObject({ codes: ['UNAUTHENTICATED'] });
    const { email } = await registerOn(auth);
    expect(await ask(ME)).toMatchObject({ data: { me: { email } }, codes: [] });
    await auth.logout();
    expect(await ask(ME)).toMatchObject({ codes: ['UNAUTHENTICATED'] });
    expect(device.sent.at(-1)?.authorization).toBeNull();
    expect(device.count('Refresh')).toBe(0);
  });

  test('refreshes a token that expires before it is sent', async () => {
    const { email } = await registerOn(auth);
    const ask = connect();
    await ask(ME);
    moveDeviceClock(900);
    app.clock.advance(900);
    const answers = await Promise.all([ME, ME.replace('Own', 'Own2'), ME.replace('Own', 'Own3')].map(ask));
    for (const answer of answers) expect(answer).toMatchObject({ data: { me: { email } }, codes: [] });
    expect({ own: device.count('Own'), refresh: device.count('Refresh') }).toEqual({ own: 2, refresh: 1 });
  });

  test('repeats a query whose token was rejected once', async () => {
    const { email } = await registerOn(auth);
    const ask = connect();
    await ask(ME);
    app.clock.advance(900);
    expect(await ask(ME)).toMatchObject({ data: { me: { email } }, codes: [] });
    expect({ own: device.count('Own'), refresh: device.count('Refresh') }).toEqual({ own: 3, refresh: 1 });
    const expired = { message: 'x', extensions: { code: 'UNAUTHENTICATED', reason: 'TOKEN_EXPIRED' } };
    device.network['Own'] = () => Response.json({ data: { me: null }, errors: [expired] });
    expect(await ask(ME)).toMatchObject({ codes: ['UNAUTHENTICATED'] });
    expect(device.count('Own')).toBe(5);
  });

  test('repeats a mutation only if nothing has run', async () => {
    await registerOn(auth);
    const ask = connect();
    const expired = { message: 'x', extensions: { code: 'UNAUTHENTICATED', reason: 'TOKEN_EXPIRED' } };
    device.network['Own'] = () => Response.json({ data: { first: 1, second: null }, errors: [expired] });
    await ask('mutation Own { first second }');
    expect(device.count('Own')).toBe(1);
    device.network['Own'] = () => Response.json({ data: { first: null, second: null }, errors: [expired, expired] });
    await ask('mutation Own { first second }');
    expect(device.count('Own')).toBe(3);
    device.network['Own'] = () => Response.json({ data: { first: null }, errors: [expired] });
    await ask('mutation Own { ...Both } fragment Both on Mutation { first }');
    expect(device.count('Own')).toBeLessThanOrEqual(5);
    device.sent.length = 0;
    device.network['Own'] = () => Response.json({ data: { first: { id: 1 }, second: null }, errors: [expired] });
    await ask('fragment Fields on User { id } mutation Own { first { ...Fields } second { ...Fields } }');
    expect(device.count('Own')).toBe(1);
    for (const data of [{ first: { id: null } }, { first: null }]) {
      device.sent.length = 0;
      device.network['Own'] = () => Response.json({ data, errors: [{ ...expired, path: ['first', 'id'] }] });
      await ask('mutation Own { first { id } }');
      expect(device.count('Own')).toBe(1);
    }
  });

  test.each([
    ['whose token is rejected', 0],
    ['whose token has expired', 900],
  ])('sends nothing of one user as the next one %s', async (_name, seconds) => {
    await registerOn(auth);
    const ask = connect();
    await ask(ME);
    const { email } = await registerOn(device.client({ storage: new Map<string, string>() }));
    const next = device.sent.length;
    app.clock.advance(900);
    moveDeviceClock(seconds);
    // The next refresh is that of the next user, as with a cookie.
    device.network['Refresh'] = async () => {
      device.network['Refresh'] = 'up';
      const other = device.client({ storage: new Map<string, string>() });
      await other.login({ email, password: DEFAULT_PASSWORD });
      const accessToken = await other.getAccessToken();
      const tokens = { accessToken, refreshToken: 'x.y', refreshTokenExpiresAt: '' };
      return Response.json({ data: { refresh: { __typename: 'LoginSuccess', tokens } } });
    };
    const rename = 'mutation Own { updateProfile(input: { displayName: "the previous user" }) { __typename } }';
    expect((await ask(rename)).codes).toHaveLength(1);
    const own = device.sent.slice(next).filter(({ operation }) => operation === 'Own');
    expect(own.map(({ authorization }) => authorization)).toHaveLength(seconds === 0 ? 1 : 0);
    expect(await ask('query Own { me { email displayName } }')).toMatchObject({
      data: { me: { email, displayName: null } },
    });
  });

  test('does not repeat as the next user what was sent after a sign-out', async () => {
    await registerOn(auth);
    const ask = connect();
    await ask(ME);
    app.clock.advance(900);
    moveDeviceClock(900);
    const answer = device.holdBack('Refresh');
    const rename = ask('mutation Own { updateProfile(input: { displayName: "the previous user" }) { __typename } }');
    await until(() => device.count('Refresh') === 1, 'the refresh');
    const signedOut = auth.logout();
    await until(() => auth.state.status === 'signedOut', 'the sign-out');
    device.arrivals['Own'] = () => registerOn(auth);
    const before = device.count('Own');
    answer();
    expect((await rename).codes).toEqual(['UNAUTHENTICATED']);
    await signedOut;
    delete device.arrivals['Own'];
    expect(device.count('Own')).toBe(before + 1);
    expect(auth.state.status).toBe('signedIn');
    expect(await ask('query Own { me { displayName } }')).toMatchObject({ data: { me: { displayName: null } } });
  });

  test.each<[string, (ask: Ask) => Promise<void>]>([
    [
      'an error that has nothing to do with tokens',
      async (ask) => {
        device.network['Own'] = () => Response.json({ data: null, errors: [{ message: 'x', extensions: {} }] });
        await ask(ME);
        device.network['Own'] = 'up';
      },
    ],
    [
      'rejections of two operations at once',
      async (ask) => {
        app.clock.advance(900);
        await Promise.all([ME, ME.replace('Own', 'Own2')].map(ask));
      },
    ],
  ])('refreshes the token of the next user after %s', async (_name, fail) => {
    await registerOn(auth);
    const ask = connect();
    await fail(ask);
    await auth.logout();
    const { email } = await registerOn(auth);
    for (let round = 0; round < 2; round += 1) {
      expect(await ask(ME)).toMatchObject({ data: { me: { email } }, codes: [] });
      moveDeviceClock(900);
      app.clock.advance(900);
    }
    expect(await ask(ME)).toMatchObject({ data: { me: { email } }, codes: [] });
  });

  test('reports a service that is unreachable, and leaves the user signed in', async () => {
    await registerOn(auth);
    const ask = connect();
    await ask(ME);
    moveDeviceClock(900);
    app.clock.advance(900);
    device.network['Refresh'] = 'down';
    expect(await ask(ME)).toMatchObject({ codes: ['AuthRequestError'] });
    expect(await ask(ME)).toMatchObject({ codes: ['AuthRequestError'] });
    expect(auth.state).toMatchObject({ status: 'signedIn', reachable: false });
    expect({ own: device.count('Own'), refresh: device.count('Refresh') }).toEqual({ own: 1, refresh: 1 });
  });
});

test.each([
  { name: 'Apollo Client', connect: withApollo },
  { name: 'urql', connect: withUrql },
])('$name accepts a response whose errors are null', async ({ connect }) => {
  await registerOn(auth);
  device.network['Own'] = () => Response.json({ data: { me: { email: 'UNAUTHENTICATED' } }, errors: null });
  expect(await connect()(ME)).toMatchObject({ data: { me: { email: 'UNAUTHENTICATED' } }, codes: [] });
});

test("Apollo's cache matches a fragment on AuthError, and holds nothing of a user who has signed out", async () => {
  const cache = new InMemoryCache({ possibleTypes: authPossibleTypes });
  const link = ApolloLink.from([authLink(auth), new HttpLink({ uri: GATEWAY, fetch: device.fetch })]);
  const apollo = new ApolloClient({ link, cache });
  const { email, password } = await registerOn(auth);
  const { data } = await apollo.mutate({
    mutation: LoginDocument,
    variables: { input: { email, password: `${password}!` } },
  });
  expect(data?.login).toMatchObject({ code: 'AUTH_INVALID_CREDENTIALS' });
  onSignedOut(auth, () => apollo.clearStore());
  const me = await apollo.query({ query: MeDocument });
  expect(me.data?.me?.email).toBe(email);
  expect(JSON.stringify(cache.extract())).toContain(email);
  await auth.logout();
  await setTimeout(10);
  expect(JSON.stringify(cache.extract())).not.toContain(email);
  expect(device.count('Me')).toBe(1);
});
