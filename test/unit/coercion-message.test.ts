import { expect, test } from '@jest/globals';
import { hasMoreValues } from '../../src/platform/graphql/variable-limits.js';
import { withoutValues } from '../../src/platform/graphql/coercion-message.js';

test('a suggestion is removed, whatever comes before it', () => {
  expect(withoutValues('Cannot query field "mee". Did you mean "me"?')).toBe('Cannot query field "mee".');
  expect(withoutValues('Cannot query field "mee". Did you mean "me" or "them"? Did you mean it?')).toBe(
    'Cannot query field "mee".',
  );
  expect(withoutValues('a value with Did you mean in it')).toBe('a value with Did you mean in it');
});

test.each([
  ['Argument "input" has invalid value {email: $e, password: "x"}.', 'Argument "input" has an invalid value.'],
  ['Enum "Kind" cannot represent non-enum value: "x".', 'Enum "Kind" cannot represent non-enum value.'],
  ['Enum "Kind" cannot represent non-string value: { a: "x" }.', 'Enum "Kind" cannot represent non-string value.'],
  ['Value "x" does not exist in "Kind" enum.', 'The value does not exist in "Kind" enum.'],
  [
    'Value "x" does not exist in "Kind" enum. Did you mean the enum value "Y"?',
    'The value does not exist in "Kind" enum.',
  ],
])('%s becomes %s', (text, expected) => {
  expect(withoutValues(text)).toBe(expected);
});

test('a message that repeats a long name is shortened', () => {
  expect(withoutValues(`Unknown operation named "${'a'.repeat(5_000)}".`)).toHaveLength(1_001);
});

test('values are counted at any depth, without recursion', () => {
  expect(hasMoreValues(undefined, 0)).toBe(false);
  expect(hasMoreValues({ a: [1, { b: null }], c: 'd' }, 5)).toBe(false);
  expect(hasMoreValues({ a: [1, { b: null }], c: 'd' }, 4)).toBe(true);
  const deep = JSON.parse(`{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`) as object;
  expect(hasMoreValues(deep, 99_999)).toBe(true);
  expect(hasMoreValues(deep, 100_000)).toBe(false);
});
