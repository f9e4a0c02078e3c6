import { isUtf8 } from 'node:buffer';

const NEWLINE = 0x0a;
/** Longer lines are not kept in memory. A user with every field at its maximum fits, even if it is written in ASCII. */
const MAX_LINE_BYTES = 2 ** 17;
/** Lines with documents are up to a hundred times longer than those without. */
const MAX_BATCH_LENGTH = 2 ** 23;

/** What a line contains, without its end, or why it cannot be read, as the rest of a sentence. */
export type LineContent = { readonly text: string } | { readonly problem: string };

/** One line of a file. */
export type TextLine = LineContent & {
  /** The position in the file where the next line starts. */
  readonly endsAt: number;
};

/** Splits a stream of bytes into lines, with the position of each. `startsAt` is the position of the first byte. */
export async function* readTextLines(chunks: AsyncIterable<Buffer>, startsAt: number): AsyncGenerator<TextLine> {
  let position = startsAt;
  let rest: Buffer[] = [];
  let length = 0;
  const keep = (part: Buffer): void => {
    length += part.length;
    if (length <= MAX_LINE_BYTES) rest.push(part);
  };
  const take = (): LineContent => {
    const content = length <= MAX_LINE_BYTES ? decode(Buffer.concat(rest)) : { problem: 'is longer than 128 KiB' };
    rest = [];
    length = 0;
    return content;
  };
  for await (const chunk of chunks) {
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, from)) {
      keep(chunk.subarray(from, end));
      from = end + 1;
      yield { ...take(), endsAt: position + from };
    }
    // A copy, because the stream may reuse the memory of a chunk.
    keep(Buffer.from(chunk.subarray(from)));
    position += chunk.length;
  }
  if (length > 0) yield { ...take(), endsAt: position };
}

function decode(bytes: Buffer): LineContent {
  return isUtf8(bytes) ? { text: bytes.toString().replace(/\r$/, '') } : { problem: 'is not UTF-8' };
}

/** Combines lines into batches of that many, or fewer if the lines are long. */
export async function* inBatches(lines: AsyncIterable<TextLine>, size: number): AsyncGenerator<TextLine[]> {
  let batch: TextLine[] = [];
  let length = 0;
  for await (const line of lines) {
    batch.push(line);
    length += 'text' in line ? line.text.length : 0;
    if (batch.length < size && length < MAX_BATCH_LENGTH) continue;
    yield batch;
    batch = [];
    length = 0;
  }
  if (batch.length > 0) yield batch;
}
