/** A complete HTTP/1.1 response. */
export interface Reply {
  readonly status: number;
  /** The status line and the header fields. */
  readonly head: string;
  readonly body: Buffer;
}

const HEAD_END = '\r\n\r\n';
const LINE_END = '\r\n';
const CONTENT_LENGTH = /\r\ncontent-length:\s*(\d+)/i;
const CHUNKED = /\r\ntransfer-encoding:\s*chunked/i;
const STATUS_START = 'HTTP/1.1 '.length;

/** Puts the responses on one connection together from what arrives. */
export class ResponseReader {
  #received: Buffer = Buffer.alloc(0);

  /**
   * Takes what has arrived; returns the response once it is complete.
   * @throws Error the response has no length, or bytes follow it although no other request was sent
   */
  push(chunk: Buffer): Reply | undefined {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    const headEnd = this.#received.indexOf(HEAD_END);
    if (headEnd === -1) return undefined;
    const head = this.#received.toString('latin1', 0, headEnd);
    const rest = this.#received.subarray(headEnd + HEAD_END.length);
    const body = CHUNKED.test(head) ? readChunks(rest) : readLength(rest, head);
    if (body === undefined) return undefined;
    this.#received = Buffer.alloc(0);
    return { status: Number(head.slice(STATUS_START, STATUS_START + 3)), head, body };
  }
}

function readLength(bytes: Buffer, head: string): Buffer | undefined {
  const length = Number(CONTENT_LENGTH.exec(head)?.[1] ?? Number.NaN);
  if (Number.isNaN(length)) throw new Error(`a response has no length:\n${head}`);
  if (bytes.length > length) throw new Error('more bytes than the response has');
  return bytes.length === length ? bytes : undefined;
}

function readChunks(bytes: Buffer): Buffer | undefined {
  const chunks: Buffer[] = [];
  for (let at = 0; ;) {
    const lineEnd = bytes.indexOf(LINE_END, at);
    if (lineEnd === -1) return undefined;
    const size = Number.parseInt(bytes.toString('latin1', at, lineEnd), 16);
    if (Number.isNaN(size)) throw new Error('a chunk of a response has no size');
    const start = lineEnd + LINE_END.length;
    at = start + size + LINE_END.length;
    if (bytes.length < at) return undefined;
    if (size === 0) return Buffer.concat(chunks);
    chunks.push(bytes.subarray(start, start + size));
  }
}
