import { environmentVariables } from '../config/env.js';
import type { ServiceSettings } from '../config/service-settings.js';
import { mayHaveMisplacedPassword } from '../platform/options/misplaced-password.js';

/** Settings that are secrets, or contain some. */
const SECRET = /(^|_)(SECRET|KEYS)$/;

/** The value of every setting by its variable, for people to read; null if it is not set. */
export function printableSettings(settings: ServiceSettings): Readonly<Record<string, string | null>> {
  return Object.fromEntries(
    environmentVariables.map(({ name, path }) => [name, printable(name, valueAt(settings, path))]),
  );
}

function valueAt(settings: object, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], settings);
}

function printable(name: string, value: unknown): string | null {
  if (value === undefined) return null;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  if (SECRET.test(name)) return `(set, ${String(Buffer.byteLength(text))} bytes)`;
  return name.endsWith('_URL') ? withoutPassword(text) : text;
}

/** Addresses of databases and mail servers may contain a password, also as a parameter. A path of this server does not. */
function withoutPassword(text: string): string {
  if (/^\/(?!\/)/.test(text)) return text;
  if (!URL.canParse(text)) return `(set, ${String(Buffer.byteLength(text))} bytes)`;
  const url = new URL(text);
  if (mayHaveMisplacedPassword(url)) return `(set, ${String(Buffer.byteLength(text))} bytes)`;
  if (url.password !== '') url.password = '***';
  for (const name of url.searchParams.keys())
    if (/password|secret|token/i.test(name)) url.searchParams.set(name, '***');
  return url.href;
}
