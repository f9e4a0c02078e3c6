import { expect, jest, test } from '@jest/globals';
import { commandOutput } from '../../src/cli/output.js';

test('a progress bar changes no mode of the terminal, because Ctrl-C would not restore it', async () => {
  const { isTTY } = process.stderr;
  const written: string[] = [];
  const spy = jest.spyOn(process.stderr, 'write').mockImplementation((text) => written.push(String(text)) > 0);
  process.stderr.isTTY = true;
  const progress = await commandOutput.progress('Importing users', 10);
  progress.update(5);
  const interrupted = written.join('');
  progress.stop();
  process.stderr.isTTY = isTTY;
  spy.mockRestore();
  expect(interrupted).toContain('Importing users [');
  // ECMA-48: modes are set by CSI ? … h, and reset by CSI ? … l.
  // eslint-disable-next-line no-control-regex -- terminals are controlled by these
  expect(interrupted).not.toMatch(/\u001b\[\?\d+[hl]/);
});
