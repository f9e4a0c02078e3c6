import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { changeRing } from '../../src/cli/keys/key-ring-file.js';
import { writePrivateFile } from '../../src/features/user-import/private-file.js';
import { RejectedFile } from '../../src/features/user-import/rejected-file.js';
import { mountSmallDisk } from '../support/small-disk.js';

const disk = await mountSmallDisk(1);
const TEXT = 'x'.repeat(2 ** 21);

const writers: [string, string, (file: string) => Promise<unknown>][] = [
  ['an export', 'FILE cannot be written (ENOSPC).', (file) => writePrivateFile(file, async (write) => write(TEXT))],
  [
    'rejected lines',
    'Rejected lines cannot be written to FILE (ENOSPC). Name another file with --rejected.',
    async (file) => new RejectedFile(file).write(TEXT, 0),
  ],
  [
    'a file of keys',
    'jwt.keysFile cannot be written (ENOSPC)',
    (file) => changeRing(file, () => [{ kty: 'EC', kid: TEXT, alg: 'ES256', published_at: 0 }], []),
  ],
];

if (disk)
  test.each(writers)('%s that do not fit on the disk are reported with the file', async (name, message, write) => {
    const file = join(disk.folder, name);
    await expect(write(file)).rejects.toThrow(message.replace('FILE', file));
  });
else {
  process.stderr.write('this process may not mount a file system: files on a full disk are not tested\n');
  test.skip('files on a full disk', () => undefined);
}
