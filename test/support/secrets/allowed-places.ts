import type { Leak } from './leak.js';

interface AllowedPlace {
  readonly name: string;
  readonly place: string;
  /** What surrounds the secret. */
  readonly text: RegExp;
  readonly reason: string;
}

/** Where a secret may be, and why. */
const ALLOWED_PLACES: readonly AllowedPlace[] = [
  {
    name: 'password',
    place: 'output of serve',
    text: /(register|login)\(input: \{ email: \\"ada@example\.com\\", password: \\"<the secret>\\"[ ,]/,
    reason: 'At its start in development, the service shows a first request with the password of the documentation.',
  },
  {
    name: 'password',
    place: 'output of demo',
    text: /^ {2}(user|operator)@example\.com +<the secret>|(register|login)\(input: \{ email: \\"ada@example\.com\\", password: \\"<the secret>\\"[ ,]/,
    reason: 'The demo prints the passwords of its user and operator, and a first request like the service.',
  },
  {
    name: 'password',
    place: 'output of demo.users',
    text: /"email":"(user|operator)@example\.com","password":"<the secret>"/,
    reason: 'The same as JSON.',
  },
  {
    name: 'token of an email',
    place: 'output of serve',
    text: /^ {2}Link: http\S+token=<the secret>$/,
    reason: 'In development without a mail server, emails are shown in the terminal instead of being sent.',
  },
  {
    name: 'key',
    place: 'output of services',
    text: /^<the secret>$/,
    reason: 'The command shows a new key of a service account this once.',
  },
  {
    name: 'key',
    place: 'output of services.secret',
    text: /^\{"id":"[\da-f-]{36}","secret":"<the secret>"\}$/,
    reason: 'The same as JSON.',
  },
];

export function isAllowed({ place, secret, text }: Leak): boolean {
  return ALLOWED_PLACES.some(
    (allowed) => allowed.name === secret.name && allowed.place === place && allowed.text.test(text),
  );
}
