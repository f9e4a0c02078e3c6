import { expect, test } from '@jest/globals';
import {
  KeyRotationError,
  mayRetireFrom,
  maySignFrom,
  publish,
  retire,
  rotate,
  stateOf,
  type KeyRing,
  type RingKey,
} from '../../src/cli/keys/key-rotation-policy.js';

const START = 1_800_000_000;
const at = (seconds: number): Date => new Date((START + seconds) * 1000);
const key = (kid: string, seconds = 0): RingKey => ({ kid, alg: 'ES256', published_at: START + seconds });
const kids = (ring: KeyRing): string[] => ring.map(({ kid }) => kid);
const states = (ring: KeyRing): string[] => ring.map((each) => stateOf(ring, each));
const patient = { force: false };
const lifetime = { force: false, tokenLifetimeSeconds: 900 };

test('the first key of a ring signs at once, any other waits', () => {
  const ring = publish(publish([], key('a')), key('b'));
  expect(states(ring)).toEqual(['signing', 'published']);
});

test('a key signs only after verifiers had ten minutes to fetch it', () => {
  const ring = publish([key('a')], key('b', 100));
  expect(maySignFrom(key('b', 100))).toEqual(at(700));
  expect(() => rotate(ring, at(699), patient)).toThrow(KeyRotationError);
  expect(() => rotate(ring, at(699), patient)).toThrow(at(700).toISOString());
  const rotated = rotate(ring, at(700), patient);
  expect(kids(rotated)).toEqual(['b', 'a']);
  expect(states(rotated)).toEqual(['signing', 'verifying']);
});

test('a key stays until its last token has expired', () => {
  const ring = rotate([key('a'), key('b')], at(600), patient);
  expect(mayRetireFrom(ring[1]!, 900)).toEqual(at(600 + 900 + 120));
  expect(() => retire(ring, at(1619), lifetime)).toThrow(at(1620).toISOString());
  expect(kids(retire(ring, at(1620), lifetime))).toEqual(['b']);
});

test('neither the signing key nor a waiting key can be retired', () => {
  expect(() => retire([key('a'), key('b')], at(99_999), lifetime)).toThrow(KeyRotationError);
  expect(() => retire([key('a')], at(99_999), { ...lifetime, force: true })).toThrow(KeyRotationError);
});

test('a ring has at most as many keys as a service accepts', () => {
  const full = Array.from({ length: 16 }, (_, index) => key(String(index)));
  expect(() => publish(full, key('one more'))).toThrow(/keys retire/);
});

test('a rotation requires a published key', () => {
  expect(() => rotate([], at(0), patient)).toThrow(/keys generate/);
  expect(() => rotate([key('a')], at(9999), patient)).toThrow(/keys generate/);
  const ring = rotate([key('a'), key('b')], at(600), patient);
  expect(() => rotate(ring, at(9999), patient)).toThrow(/keys generate/);
});

test('the newest of several published keys signs', () => {
  expect(kids(rotate([key('a'), key('b'), key('c')], at(600), patient))).toEqual(['c', 'a', 'b']);
});

test('after a theft a new key signs at once, and no key of the stolen file is left', () => {
  const stolen = [key('a'), key('waits', 1)];
  const ring = rotate(publish(stolen, key('new', 2)), at(3), { force: true });
  expect(kids(retire(ring, at(3), { ...lifetime, force: true }))).toEqual(['new']);
});
