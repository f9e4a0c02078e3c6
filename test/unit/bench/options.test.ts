import { expect, test } from '@jest/globals';
import { HELP } from '../../../scripts/bench/help.js';
import { FLAGS, readOptions } from '../../../scripts/bench/options.js';

test('without arguments, the usual parts are measured', () => {
  expect([...readOptions([]).parts]).toEqual(['me', 'refresh', 'entities', 'login', 'register', 'startup', 'idle']);
});

test('--only selects parts', () => {
  expect([...readOptions(['--only', 'me, enumeration']).parts]).toEqual(['me', 'enumeration']);
});

test('--connections takes a list', () => {
  expect(readOptions(['--connections', '1,8,50']).connections).toEqual([1, 8, 50]);
});

test.each([
  [['--only', 'me,logout'], '--only does not know "logout"; it knows me, refresh, '],
  [['--only', ''], '--only does not know ""'],
  [['--seconds', 'ten'], '--seconds takes numbers from 0.1 to 60, not "ten"'],
  [['--seconds', '0'], '--seconds takes numbers from 0.1 to 60, not "0"'],
  [['--rounds', '1.5'], '--rounds takes whole numbers from 1 to 50, not "1.5"'],
  [['--connections', '1,,50'], '--connections takes whole numbers from 1 to 5000, not ""'],
  [['--clients', '50'], '--clients takes whole numbers from 51 to 10000, not "50"'],
  [['--processes', '1'], '--processes takes whole numbers from 2 to 16, not "1"'],
  [['--compare', 'HEAD', '--pgbouncer'], '--compare, --pgbouncer, --metrics and --processes cannot be combined'],
  [['--second', '1'], "Unknown option '--second'"],
  [['me'], "Unexpected argument 'me'"],
])('%j is refused with a message that names the mistake', (words, message) => {
  expect(() => readOptions(words)).toThrow(message);
});

test('the help explains every option', () => {
  for (const name of Object.keys(FLAGS)) expect(HELP).toContain(`--${name}`);
});
