import type { RunRecord } from './run-record.js';

/** The fields of requests and responses that contain secrets. */
const SECRET_FIELDS = new Set([
  'password',
  'currentPassword',
  'newPassword',
  'token',
  'accessToken',
  'refreshToken',
  'deviceToken',
  'key',
  'secret',
]);
/** The options and parts of keys that contain secrets. `d` is the private part of a JWK. */
const SECRET_OPTIONS = new Set(['secret', 'routerSecret', 'routerSecrets', 'keys', 'd']);
const IN_DOCUMENT = new RegExp(`\\b(${[...SECRET_FIELDS].join('|')})\\s*:\\s*("(?:[^"\\\\\\n]|\\\\.)*")`, 'g');
const SECRET_HEADERS = /^(authorization|cookie|set-cookie|x-router-secret)$/;
const SECRET_VARIABLES = /SECRET|PASSWORD|KEY|TOKEN/;

type Headers = Readonly<Record<string, unknown>>;

/** Notes the secrets of a body, whether it is a request or a response. */
export function noteBody(record: RunRecord, body: unknown): void {
  if (typeof body === 'string') {
    if (/^\s*[[{]/.test(body)) noteBody(record, parsed(body));
    return;
  }
  walk(body, (key, value) => {
    if (SECRET_FIELDS.has(key)) record.secret(value, key);
    if (key !== 'query') return;
    for (const [, name = '', literal = ''] of value.matchAll(IN_DOCUMENT)) record.secret(parsed(literal), name);
  });
}

/** Notes the tokens and cookies of headers. */
export function noteHeaders(record: RunRecord, headers: Headers): void {
  for (const [name, value] of Object.entries(headers)) {
    if (!SECRET_HEADERS.test(name.toLowerCase())) continue;
    const pieces = [value].flat().map((part) => String(part).replace(/^Bearer /i, ''));
    const cookies = name.toLowerCase().endsWith('cookie');
    for (const piece of cookies ? pieces.flatMap(cookieValues) : pieces) record.secret(piece, name);
  }
}

function cookieValues(header: string): string[] {
  return header
    .split('; ')
    .filter((pair) => !/^(path|max-age|expires|domain|samesite)=/i.test(pair))
    .map((pair) => pair.slice(pair.indexOf('=') + 1));
}

/** Notes the secrets in the options of a subgraph. */
export function noteOptions(record: RunRecord, options: unknown): void {
  walk(options, (key, value) => {
    if (SECRET_OPTIONS.has(key)) noteSetting(record, value, key);
    if (/url$/i.test(key)) noteUrl(record, value, key);
  });
}

/** Notes the secrets in environment variables. */
export function noteEnvironment(record: RunRecord, variables: NodeJS.ProcessEnv): void {
  for (const [name, value = ''] of Object.entries(variables)) {
    if (name.endsWith('URL')) noteUrl(record, value, name);
    else if (SECRET_VARIABLES.test(name) && !name.endsWith('FILE')) noteSetting(record, value, name);
  }
}

/** A setting may be one secret, several, or keys as PEM text or JWK. */
function noteSetting(record: RunRecord, value: string, name: string): void {
  const keys = value.match(/-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]*/g);
  if (keys) for (const key of keys) notePrivateKey(record, key, name);
  else if (/^\s*[[{]/.test(value)) noteOptions(record, parsed(value));
  else for (const part of value.split(',')) record.secret(part.trim(), name);
}

/** Notes the lines of a private key. The first one alone names the algorithm, and is followed by the key in PKCS #8. */
export function notePrivateKey(record: RunRecord, pem: string, name = 'private key'): void {
  const [, ...lines] = pem.replaceAll('\\n', '\n').split('\n');
  for (const line of lines) if (line.length >= 40) record.secret(line.trim(), name);
}

function noteUrl(record: RunRecord, value: string, name: string): void {
  const { password } = URL.parse(value) ?? {};
  // A test of malformed settings has one that is not percent-encoded.
  const isEncoded = !/%(?![0-9a-f]{2})/i.test(password ?? '');
  record.secret(isEncoded && password ? decodeURIComponent(password) : password, `password in ${name}`);
}

/** Visits every string in a value that JSON could contain, with the nearest name above it. */
/** Does not recurse: a request may be nested more deeply than the stack. */
function walk(root: unknown, visit: (key: string, value: string) => void): void {
  const left: [key: string, value: unknown][] = [['', root]];
  for (let next = left.pop(); next; next = left.pop()) {
    const [key, value] = next;
    if (typeof value === 'string') visit(key, value);
    else if (Array.isArray(value)) for (const item of value) left.push([key, item]);
    else if (isPlain(value)) for (const entry of Object.entries(value)) left.push(entry);
  }
}

/** Options also contain loggers, clocks and connections, which are not walked into. */
function isPlain(value: unknown): value is object {
  return (
    typeof value === 'object' &&
    value !== null &&
    [Object.prototype, null].includes(Object.getPrototypeOf(value) as null)
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
