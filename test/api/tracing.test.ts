import { randomBytes } from 'node:crypto';
import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-node';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Registry } from 'prom-client';
import { UserLoggedIn } from '../../src/index.js';
import { allDelivered } from '../support/deliveries.js';
import { newEmail, type SignedIn } from '../support/graphql-client.js';
import { readPage } from '../support/pages.js';
import { recordSpans } from '../support/recorded-spans.js';
import { createTestApp, type TestApp } from '../support/test-app.js';
import { until } from '../support/until.js';

const spans = recordSpans();
afterAll(() => spans.stop());

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});
beforeEach(() => {
  spans.reset();
});

const statementsIn = (all: readonly ReadableSpan[]): ReadableSpan[] =>
  all.filter(({ name }) => name.startsWith('auth.statement '));
const parentOf = ({ parentSpanContext }: ReadableSpan): string | undefined => parentSpanContext?.spanId;
const idOf = (span: ReadableSpan): string => span.spanContext().spanId;

test('a root field has a span with its outcome, above those of the password and its statements', async () => {
  const ada = await app.register();
  spans.reset();
  await app.mutate('login', { email: ada.email, password: 'wrong' });
  const login = spans.one('auth.login');
  expect(login.attributes).toEqual({ 'auth.outcome': 'InvalidCredentialsError' });
  expect(login.status.code).toBe(SpanStatusCode.UNSET);
  const verification = spans.one('auth.password.verify');
  const statements = statementsIn(spans.all());
  expect([...new Set([verification, ...statements].map(parentOf))]).toEqual([idOf(login)]);
  expect(statements.map(({ name }) => name)).toEqual([
    'auth.statement LoginAttemptRepository.take',
    'auth.statement LoginAttemptRepository.fail',
  ]);
  expect(statements.every(({ kind }) => kind === SpanKind.CLIENT)).toBe(true);
});

test('a sign-in has the same spans whether or not there is an account', async () => {
  const ada = await app.register();
  const namesOf = async (email: string): Promise<string[]> => {
    spans.reset();
    await app.mutate('login', { email, password: 'wrong' });
    return spans.all().map(({ name, attributes }) => JSON.stringify([name, attributes]));
  };
  expect(await namesOf(newEmail())).toEqual(await namesOf(ada.email));
});

test('spans belong to the trace that the gateway has begun', async () => {
  const { accessToken } = await app.register();
  spans.reset();
  const trace = '0af7651916cd43dd8448eb211c80319c';
  const headers = { authorization: `Bearer ${accessToken}`, traceparent: `00-${trace}-b7ad6b7169203331-01` };
  await app.request('{ me { id sessions { id } } }', {}, { headers });
  expect(parentOf(spans.one('auth.me'))).toBe('b7ad6b7169203331');
  const names = spans.all().map(({ name }) => name);
  expect(names).toContain('auth.statement SessionRepository.listLive');
  expect(spans.all().map((span) => span.spanContext().traceId)).toEqual(names.map(() => trace));
});

test('the trace of a request without the secret of the gateway is ignored', async () => {
  const secret = randomBytes(24).toString('hex');
  const guarded = await createTestApp({ router: { secret } });
  const headers = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' };
  for (const more of [{}, { 'x-router-secret': secret }])
    await guarded.request('{ authSettings { __typename } }', {}, { headers: { ...headers, ...more } });
  expect(spans.named('auth.authSettings').map(parentOf)).toEqual([undefined, 'b7ad6b7169203331']);
});

describe('a statement for several requests', () => {
  test('belongs to the first one, and links to the others', async () => {
    const [ada, bob] = [await app.register(), await app.register()];
    spans.reset();
    const asking = (name: string, { userId, sessionId }: SignedIn): Promise<unknown> =>
      trace
        .getTracer('test')
        .startActiveSpan(name, (span) => app.auth.services.users.me({ userId, sessionId }).finally(() => span.end()));
    await Promise.all([asking('first', ada), asking('second', bob)]);
    const statement = spans.one('auth.statement ProfileRepository.findOwner');
    expect(parentOf(statement)).toBe(idOf(spans.one('first')));
    expect(statement.links.map((link) => link.context.spanId)).toEqual([idOf(spans.one('second'))]);
    expect(statement.attributes['auth.statement.lookups']).toBe(2);
  });
});

describe('a delivery', () => {
  test('links to the mutation that has recorded its event, after a restart too', async () => {
    const ada = await app.register();
    spans.reset();
    await app.mutate('forgotPassword', { email: ada.email });
    const asked = spans.one('auth.forgotPassword');
    const restarted = await createTestApp({ background: true, database: { url: app.database.url } });
    await restarted.mailer.next(ada.email, 'reset-password');
    await allDelivered(app);
    const request = spans.one('auth.deliver PasswordResetLinkRequested');
    expect(request.links.map((link) => link.context)).toMatchObject([
      { traceId: asked.spanContext().traceId, spanId: idOf(asked) },
    ]);
    expect(request).toMatchObject({ kind: SpanKind.CONSUMER, parentSpanContext: undefined });
    // The listener records another event, whose delivery links to that of the first.
    const mail = spans.one('auth.deliver PasswordResetRequested');
    expect(mail.links.map((link) => link.context.spanId)).toEqual([idOf(request)]);
    expect(mail.attributes).toMatchObject({ 'auth.listener': 'PasswordResetRequested:mail' });
  });

  test('that fails is marked with the class of the error, without its message', async () => {
    const own = await createTestApp();
    class BrokenPipe extends Error {
      override readonly name = 'BrokenPipe';
      /** As long as a SQLSTATE. */
      readonly code = 'EPIPE';
    }
    own.auth.events.on(UserLoggedIn, ({ userId }) => Promise.reject(new BrokenPipe(`no way to ${userId}`)));
    await own.auth.start();
    const ada = await own.register();
    await own.login(ada);
    // Another listener receives the event too.
    const deliveries = (): ReturnType<typeof spans.named> => spans.named('auth.deliver UserLoggedIn');
    const failed = await until(
      () => deliveries().find((span) => span.attributes['auth.listener'] !== 'UserLoggedIn:mail'),
      'the delivery',
    );
    expect(failed.attributes).toMatchObject({ 'error.type': 'BrokenPipe' });
    expect(failed.attributes).not.toHaveProperty(['db.response.status_code']);
    expect(failed.status).toEqual({ code: SpanStatusCode.ERROR });
    expect(JSON.stringify([failed.status, failed.events, failed.attributes])).not.toContain(ada.userId);
    // It would repeat the delivery during another test.
    await own.auth.close();
  });
});

test('an unexpected error is marked with its code, without its message', async () => {
  const own = await createTestApp();
  const { accessToken } = await own.register();
  await own.database.sql('alter table auth_user rename column first_name to given_name');
  spans.reset();
  await own.me(accessToken);
  const me = spans.one('auth.me');
  expect(me.status).toEqual({ code: SpanStatusCode.ERROR, message: 'INTERNAL_SERVER_ERROR' });
  expect(me.attributes['auth.outcome']).toBe('INTERNAL_SERVER_ERROR');
  const statement = spans.one('auth.statement ProfileRepository.findOwner');
  expect(statement.attributes).toMatchObject({ 'error.type': 'error', 'db.response.status_code': '42703' });
  expect(
    JSON.stringify([me, statement].map(({ attributes, events, status }) => [attributes, events, status])),
  ).not.toContain('first_name');
});

test('the span of entities lasts until they are loaded, and has their error', async () => {
  const own = await createTestApp({ metrics: new Registry() });
  const { userId } = await own.register();
  const representations = [userId, 'unknown'].map((id) => ({ __typename: 'User', id }));
  const text = 'query ($r: [_Any!]!) { _entities(representations: $r) { ... on User { id firstName } } }';
  const answer = async (): Promise<unknown> => (await own.request(text, { r: representations })).data;
  spans.reset();
  expect(await answer()).toEqual({ _entities: [{ id: userId, firstName: null }, null] });
  const loaded = spans.one('auth._entities');
  expect(loaded.attributes).toEqual({ 'auth.outcome': '_Entity' });
  expect(spans.all().indexOf(loaded)).toBeGreaterThan(spans.all().findIndex(({ name }) => name.includes('statement')));
  await own.database.sql('alter table auth_user rename column first_name to given_name');
  spans.reset();
  expect(await answer()).toEqual({ _entities: [null, null] });
  const failed = spans.one('auth._entities');
  expect(failed.attributes).toEqual({
    ...{ 'auth.outcome': 'INTERNAL_SERVER_ERROR', 'error.type': 'error', 'db.response.status_code': '42703' },
  });
  expect(failed.status).toEqual({ code: SpanStatusCode.ERROR, message: 'INTERNAL_SERVER_ERROR' });
});

test('a statement that the database has no resources for is marked with its SQLSTATE', async () => {
  const own = await createTestApp();
  const ada = await own.register();
  await own.database.sql(`create function fill_disk() returns trigger language plpgsql as
    $$ begin raise exception 'the disk is full' using errcode = '53100'; end $$`);
  await own.database.sql(
    'create trigger fill_disk before insert on auth_session for each row execute function fill_disk()',
  );
  spans.reset();
  await own.mutation('login', { email: ada.email, password: ada.password });
  expect(spans.one('auth.statement AuthenticationRepository.open').attributes).toMatchObject({
    ...{ 'error.type': 'DatabaseUnavailableError', 'db.response.status_code': '53100' },
  });
});

test('an error of the caller does not mark the span', async () => {
  await app.me('nonsense');
  expect(spans.one('auth.me')).toMatchObject({
    status: { code: SpanStatusCode.UNSET },
    attributes: { 'auth.outcome': 'UNAUTHENTICATED' },
  });
});

test('polling has no spans', async () => {
  const own = await createTestApp({ background: true });
  spans.reset();
  await allDelivered(own);
  await own.auth.services.housekeeping.run();
  expect(spans.all()).toEqual([]);
});

test('no attribute contains an address, a name or a token', async () => {
  const own = await createTestApp({ background: true });
  const ada = await own.register({ firstName: 'Ada-Of-The-Spans' });
  await own.refresh(ada.refreshToken);
  await own.mutate('forgotPassword', { email: ada.email });
  await own.mailer.next(ada.email, 'reset-password');
  await allDelivered(own);
  const text = JSON.stringify(
    spans.all().map(({ name, attributes, events, links, status }) => [name, attributes, events, links, status]),
  );
  for (const value of [ada.email, 'Ada-Of-The-Spans', ada.userId, ada.accessToken, ada.refreshToken])
    expect(text).not.toContain(value);
});

test('the guide lists every attribute of a span', () => {
  const guide = readPage('docs/guides/tracing.md').split('## Spans')[1] ?? '';
  const listed = new Set([...guide.matchAll(/`((?:auth|db|error)\.[a-z._]+)`/g)].map(([, name = '']) => name));
  listed.delete('auth.password.verify');
  expect(spans.attributes()).toEqual([...listed].sort());
});
