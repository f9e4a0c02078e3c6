import { connect, type Socket } from 'node:net';
import { afterAll } from '@jest/globals';
import { GraphQLTestClient, type HttpAnswer } from './graphql-client.js';

interface Waiting {
  readonly text: string;
  readonly answered: PromiseWithResolvers<HttpAnswer>;
}

/** The most that a server reads from a connection in one turn of its event loop. */
const MAX_BYTES = 60_000;
const HEAD_END = '\r\n\r\n';

const connections = new Set<Socket>();
afterAll(() => {
  for (const connection of connections) connection.destroy();
});

/**
 * A client whose requests of one turn of the event loop leave in a single packet (HTTP pipelining), so that the server
 * starts them in one turn too, in this order. Closed after the tests of the file.
 */
export function oneTurnClient(url: string): GraphQLTestClient {
  const { host, hostname, port, pathname } = new URL(url);
  const sent: Waiting[] = [];
  let queued: Waiting[] = [];
  // The server closes connections that do not send a request soon.
  let connection: Socket | undefined;
  const open = (): Socket => {
    let unread = Buffer.alloc(0);
    const opened = connect(Number(port), hostname);
    connections.add(opened);
    opened.on('data', (chunk) => {
      unread = Buffer.concat([unread, chunk]);
      for (let answer = takeAnswer(unread); answer; answer = takeAnswer(unread)) {
        unread = unread.subarray(answer.length);
        sent.shift()?.answered.resolve(answer);
      }
    });
    opened.on('error', () => undefined);
    opened.on('close', () => {
      for (const { answered } of sent.splice(0)) answered.reject(new Error('the server closed the connection'));
      connections.delete(opened);
      connection = undefined;
    });
    return opened;
  };
  const flush = (): void => {
    const packet = queued.map(({ text }) => text).join('');
    if (packet.length > MAX_BYTES) throw new Error(`${packet.length} bytes do not arrive in one turn`);
    sent.push(...queued);
    queued = [];
    connection ??= open();
    connection.write(packet, 'latin1');
  };
  return new GraphQLTestClient(async (body, headers) => {
    if (queued.length === 0) setImmediate(flush);
    const all = { host, ...headers, 'content-length': String(Buffer.byteLength(body)) };
    const head = [`POST ${pathname} HTTP/1.1`, ...Object.entries(all).map(([name, value]) => `${name}: ${value}`)];
    const text = head.join('\r\n') + HEAD_END + Buffer.from(body).toString('latin1');
    const answered = Promise.withResolvers<HttpAnswer>();
    queued.push({ text, answered });
    return answered.promise;
  });
}

/** Reads one response from the beginning, and its length in bytes; `undefined` if it has not arrived completely. */
function takeAnswer(bytes: Buffer): (HttpAnswer & { readonly length: number }) | undefined {
  const end = bytes.indexOf(HEAD_END);
  if (end === -1) return undefined;
  const head = bytes.toString('latin1', 0, end);
  const size = /^content-length: (\d+)$/im.exec(head)?.[1];
  if (size === undefined) throw new Error(`expected a content-length in:\n${head}`);
  const start = end + HEAD_END.length;
  const length = start + Number(size);
  if (bytes.length < length) return undefined;
  const setCookies = [...head.matchAll(/^set-cookie: (.*)$/gim)].map(([, cookie]) => cookie ?? '');
  return { status: Number(head.split(' ')[1]), text: bytes.toString('utf8', start, length), setCookies, length };
}
