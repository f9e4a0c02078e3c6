import { Readable } from 'node:stream';
import type { ImportSource, RejectedLines } from '../../src/features/user-import/user-import.service.js';
import { readTextLines } from '../../src/features/user-import/text-lines.js';
import type { TestApp } from './test-app.js';

/** An import from memory, in chunks of that many bytes. */
export function sourceOf(text: string | Buffer, chunkBytes = 7): ImportSource {
  const bytes = Buffer.from(text);
  const chunks = Array.from({ length: Math.ceil(bytes.length / chunkBytes) }, (_value, n) =>
    bytes.subarray(n * chunkBytes, (n + 1) * chunkBytes),
  );
  return { identity: undefined, read: () => readTextLines(Readable.from(chunks), 0) };
}

/** Collects rejected lines in memory. */
export class CollectedLines implements RejectedLines {
  readonly lines: object[] = [];

  begin(): Promise<void> {
    return Promise.resolve();
  }

  write(text: string): Promise<void> {
    const lines = text.trim().split('\n');
    this.lines.push(...lines.map((line) => JSON.parse(line) as object));
    return Promise.resolve();
  }
}

/** Imports one user. */
export async function importUser(app: TestApp, user: object): Promise<void> {
  await app.auth.services.userImport.import(sourceOf(JSON.stringify(user)), {
    ...{ batchSize: 1, onConflict: 'fail', dryRun: false, restart: false, onProgress: () => undefined },
    rejectedLines: new CollectedLines(),
  });
}
