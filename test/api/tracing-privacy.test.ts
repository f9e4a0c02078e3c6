import { randomBytes } from 'node:crypto';
import { context, propagation, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { afterAll, beforeEach, expect, test } from '@jest/globals';
import { UserLoggedIn } from '../../src/index.js';
import { recordSpans } from '../support/recorded-spans.js';
import { recordingLogger } from '../support/recording-logger.js';
import { createTestApp } from '../support/test-app.js';
import { until } from '../support/until.js';

const spans = recordSpans();
afterAll(() => spans.stop());
beforeEach(() => {
  spans.reset();
});

const FOREIGN_TRACE = '0af7651916cd43dd8448eb211c80319c';

test('with the HTTP instrumentation too, the trace of a request without the secret of the gateway is ignored', async () => {
  const secret = randomBytes(24).toString('hex');
  const guarded = await createTestApp({ router: { secret } });
  const traceparent = `00-${FOREIGN_TRACE}-b7ad6b7169203331-01`;
  const request = async (headers: Record<string, string>): Promise<string | undefined> => {
    spans.reset();
    // What the instrumentation does before it calls the service.
    const parent = propagation.extract(ROOT_CONTEXT, { traceparent });
    const span = trace.getTracer('http').startSpan('POST', {}, parent);
    await context.with(trace.setSpan(parent, span), () =>
      guarded.request('{ authSettings { __typename } }', {}, { headers: { ...headers, traceparent } }),
    );
    span.end();
    return spans.one('auth.authSettings').spanContext().traceId;
  };
  expect(await request({ 'x-router-secret': secret })).toBe(FOREIGN_TRACE);
  expect(await request({})).not.toBe(FOREIGN_TRACE);
  expect(spans.one('auth.authSettings').parentSpanContext).toBeUndefined();
});

test('a job that cannot be inserted leaves no span with the message of its error', async () => {
  const { logger, lines } = recordingLogger();
  const app = await createTestApp({ logger });
  app.auth.events.on(UserLoggedIn, () => Promise.resolve());
  await app.auth.start();
  await app.database.sql(`create function refuse_job() returns trigger language plpgsql as
    $$ begin raise exception 'refused: %', new.data; end $$`);
  await app.database.sql(
    'create trigger refuse_job before insert on auth_jobs.job for each row execute function refuse_job()',
  );
  const ada = await app.register();
  spans.reset();
  await app.login(ada);
  const failed = await until(
    () => lines().find(({ msg }) => msg === 'the outbox could not be read'),
    'the failed insert',
  );
  expect(failed).toMatchObject({ code: 'P0001' });
  const text = JSON.stringify(
    spans.all().map(({ name, attributes, events, status }) => [name, attributes, events, status]),
  );
  expect(text).not.toContain('refused: ');
  expect(text).not.toContain(ada.userId);
  await app.database.sql('drop trigger refuse_job on auth_jobs.job');
});
