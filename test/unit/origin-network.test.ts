import { expect, test } from '@jest/globals';
import { networkOf } from '../../src/platform/http/origin-network.js';

test.each([
  ['203.0.113.7', '203.0.113.7'],
  ['::ffff:203.0.113.7', '203.0.113.7'],
  ['::ffff:cb00:7107', '203.0.113.7'],
  ['::203.0.113.7', '203.0.113.7'],
  ['2001:db8:1:1::1', '2001:db8:1:1::/64'],
  ['2001:DB8:1:1:ffff::3', '2001:db8:1:1::/64'],
  // Each of these is somebody else's IPv4 address, or this machine.
  ['64:ff9b::203.0.113.7', '64:ff9b::cb00:7107'],
  ['64:ff9b::203.0.113.8', '64:ff9b::cb00:7108'],
  ['::1', '::1'],
])('%s is counted as %s', (address, counted) => {
  expect(networkOf(address)).toBe(counted);
});
