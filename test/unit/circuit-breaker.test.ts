import { afterEach, expect, test } from '@jest/globals';
import { CircuitBreaker } from '../../src/platform/database/circuit-breaker.js';
import { OutageLog } from '../../src/platform/database/outage-log.js';
import { silentLogger } from '../../src/platform/logger.js';
import { until } from '../support/until.js';

const breaker = new CircuitBreaker(new OutageLog({ now: () => new Date() }, silentLogger));
afterEach(() => {
  breaker.stop();
});

test('a database that takes seconds to connect is found again', async () => {
  const probes: number[] = [];
  const member = { hasConnections: () => false, opened: () => undefined, renew: () => undefined };
  breaker.join(member, async (timeoutMs) => {
    probes.push(timeoutMs);
    if (timeoutMs < 5_000) throw Object.assign(new Error('timeout'), { code: 'ETIMEDOUT' });
    return Promise.resolve();
  });
  breaker.suspect();
  const isOpen = (): boolean => {
    try {
      breaker.pass();
      return false;
    } catch {
      return true;
    }
  };
  await until(isOpen, 'the breaker to open');
  await until(() => !isOpen(), 'the breaker to close');
  expect(probes).toEqual([2_000, 1_000, 1_000, 5_000]);
});

test('a renewal that is asked for soon after another follows once', async () => {
  let renewals = 0;
  const member = { hasConnections: () => true, opened: () => undefined, renew: () => void (renewals += 1) };
  breaker.join(member, async () => Promise.resolve());
  for (let times = 0; times < 3; times += 1) breaker.renew();
  expect(renewals).toBe(1);
  await until(() => renewals > 1, 'the second renewal');
  expect(renewals).toBe(2);
});
