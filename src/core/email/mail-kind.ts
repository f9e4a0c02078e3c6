/** Every mail that the subgraph sends. */
export const MAIL_KINDS = [
  'verify-email',
  'reset-password',
  'already-registered',
  'change-email-confirm',
  'change-email-notice',
  'email-changed',
  'password-changed',
  'new-device',
  'account-locked',
] as const;
export type MailKind = (typeof MAIL_KINDS)[number];

/** The kinds that somebody requests; they are limited when they are requested. */
const REQUESTED: readonly MailKind[] = ['verify-email', 'reset-password', 'already-registered', 'change-email-confirm'];

/** Whether an email tells of something that happened, and is limited when it is sent. */
export function isNotice(kind: MailKind): boolean {
  return !REQUESTED.includes(kind);
}

interface Addressed {
  /** How the person is greeted; null if unknown or unfit to be repeated. */
  readonly name: string | null;
}

interface Confirmation extends Addressed {
  readonly link: string;
  readonly expiresAt: Date;
}

/** What each mail tells. Templates see an instant as text, such as `24 November 2026, 08:30 UTC`. */
export interface MailData {
  readonly 'verify-email': Confirmation;
  readonly 'reset-password': Confirmation;
  /** Somebody registered with an address that has an account. */
  readonly 'already-registered': Addressed & { readonly loginLink: string; readonly resetLink: string };
  /** Goes to the new address, and shows it masked: the words of its local part may be a stranger's. */
  readonly 'change-email-confirm': Confirmation & { readonly newEmail: string };
  /** Goes to the old address; shows the new one masked. */
  readonly 'change-email-notice': Addressed & { readonly newEmail: string };
  /** Goes to the old address; shows the new one masked, whether or not it is given that way. */
  readonly 'email-changed': Addressed & { readonly newEmail: string; readonly at: Date };
  readonly 'password-changed': Addressed & { readonly at: Date; readonly resetLink: string };
  readonly 'new-device': Addressed & {
    readonly deviceName: string | null;
    readonly ipAddress: string | null;
    readonly at: Date;
  };
  readonly 'account-locked': Addressed & { readonly unlockAt: Date; readonly resetLink: string };
}

const at = new Date(0);
const person = { name: 'Ada' };
const link = 'https://example.com/';
const reset = { resetLink: link };
const confirmation = { ...person, link, expiresAt: at };

/** One of each, to try templates with. */
export const SAMPLE_MAIL_DATA: MailData = {
  'verify-email': confirmation,
  'reset-password': confirmation,
  'already-registered': { ...person, ...reset, loginLink: link },
  'change-email-confirm': { ...confirmation, newEmail: 'new@example.com' },
  'change-email-notice': { ...person, newEmail: 'new@example.com' },
  'email-changed': { ...person, newEmail: 'new@example.com', at },
  'password-changed': { ...person, ...reset, at },
  'new-device': { ...person, deviceName: 'Firefox', ipAddress: '192.0.2.1', at },
  'account-locked': { ...person, ...reset, unlockAt: at },
};
