import { expect, test } from '@jest/globals';
import { framesOf } from '../../src/platform/logger.js';

test('the stack frames of an error contain no line of its message', () => {
  const error = new Error('duplicate key\ndetail: (email)=(ada@example.com)\n  hint: hunter2');
  const frames = framesOf(error);
  expect(frames.length).toBeGreaterThan(0);
  expect(frames.join('\n')).not.toMatch(/duplicate|ada@example|hunter2/);
});
