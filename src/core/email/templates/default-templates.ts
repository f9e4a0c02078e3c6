import type { MailKind } from '../mail-kind.js';
import { accountLocked } from './account-locked.js';
import { alreadyRegistered } from './already-registered.js';
import { changeEmailConfirm } from './change-email-confirm.js';
import { changeEmailNotice } from './change-email-notice.js';
import { emailChanged } from './email-changed.js';
import type { MailTemplate } from './mail-template.js';
import { newDevice } from './new-device.js';
import { passwordChanged } from './password-changed.js';
import { resetPassword } from './reset-password.js';
import { verifyEmail } from './verify-email.js';

/** The mails as we word them; TypeScript, because the compiler copies no other files into the package. */
export const DEFAULT_TEMPLATES: Readonly<Record<MailKind, MailTemplate>> = {
  'verify-email': verifyEmail,
  'reset-password': resetPassword,
  'already-registered': alreadyRegistered,
  'change-email-confirm': changeEmailConfirm,
  'change-email-notice': changeEmailNotice,
  'email-changed': emailChanged,
  'password-changed': passwordChanged,
  'new-device': newDevice,
  'account-locked': accountLocked,
};
