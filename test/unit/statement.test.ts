import { expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { statement } from '../../src/platform/database/statement.js';

interface Values {
  readonly id: string;
  readonly now: Date;
}

test('a template is called once, and each call brings its own values', () => {
  let calls = 0;
  const find = statement<object, Values>(({ id, now }) => {
    calls += 1;
    return sql`select where id = ${id} and at > ${now} and ${7} > 0 and other <> ${id}`;
  });
  expect(find.text).toBe('select where id = $1 and at > $2 and $3 > 0 and other <> $4');
  const now = new Date(0);
  expect(find.valuesOf({ id: 'a', now })).toEqual(['a', now, 7, 'a']);
  expect(find.valuesOf({ id: "'; drop table auth_user", now })).toEqual([
    "'; drop table auth_user",
    now,
    7,
    "'; drop table auth_user",
  ]);
  expect(calls).toBe(1);
});

test.each<[string, (values: Values) => unknown]>([
  ['reads', ({ now }) => now.getTime()],
  ['copies', (values) => ({ ...values }).id],
])('a template that %s a value is rejected when it is compiled', (_how, take) => {
  expect(() => statement<object, Values>((values) => sql`select ${take(values)}`)).toThrow(TypeError);
});
