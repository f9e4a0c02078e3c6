import { expect, test } from '@jest/globals';
import { readOptions } from '../../scripts/growth/options.js';

test('PostgreSQL has its own buffers unless a size is given', () => {
  expect(readOptions([]).postgres).toEqual({});
  expect(readOptions(['--shared-buffers', '4GB']).postgres).toEqual({ shared_buffers: '4GB' });
});

test.each([
  [['--shared-buffers', 'plenty'], '--shared-buffers takes a size such as 4GB, not "plenty"'],
  [['--shared-buffers', '4'], '--shared-buffers takes a size such as 4GB, not "4"'],
  [['--small', '100', '--users', '10'], '--users takes whole numbers from 100 to 1000000000, not "10"'],
  [['--only', 'plans,logout'], '--only does not know "logout"'],
])('%j is refused with a message that names the mistake', (words, message) => {
  expect(() => readOptions(words)).toThrow(message);
});
