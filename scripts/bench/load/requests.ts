import type { Reply } from './http-response.js';

type Headers = Readonly<Record<string, string>>;

/** The bytes of a request with a JSON body. */
export function postJson(path: string, body: unknown, headers: Headers = {}): Buffer {
  const text = JSON.stringify(body);
  const all = { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)), ...headers };
  return Buffer.from(`${headOf('POST', path, all)}${text}`);
}

/** The bytes of a request without a body. */
export function get(path: string, headers: Headers = {}): Buffer {
  return Buffer.from(headOf('GET', path, headers));
}

function headOf(method: string, path: string, headers: Headers): string {
  const fields = Object.entries({ host: '127.0.0.1', accept: 'application/json', ...headers });
  return `${method} ${path} HTTP/1.1\r\n${fields.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
}

/** Whether a response is successful, without GraphQL errors, and contains the text. */
export function succeeded({ status, body }: Reply, content: string | Buffer): boolean {
  return status === 200 && !body.includes('"errors":') && body.includes(content);
}
