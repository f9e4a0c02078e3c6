import { format, formatWait } from '../messages/format.js';
import type { FieldName, Messages } from '../messages/messages.types.js';
import type { AuthFormError } from './form.types.js';

interface TextOptions {
  readonly messages: Messages;
  readonly locale: string;
  /** Undefined if it is unknown. */
  readonly passwordMinLength: number | undefined;
  /** The field that the error belongs to. */
  readonly field?: FieldName | undefined;
  readonly email?: string | undefined;
}

/** How long to wait if the service did not say. */
const UNKNOWN_WAIT_SECONDS = 60;

/** An error in words: one text, or one for each broken rule of a password. */
export function errorTexts(error: AuthFormError, options: TextOptions): readonly string[] {
  const { messages, locale, passwordMinLength, field, email } = options;
  if (error.violations !== undefined && error.violations.length > 0) {
    const count = passwordMinLength?.toLocaleString(locale);
    return error.violations.map((rule) =>
      rule === 'MIN_LENGTH' && count === undefined
        ? messages.errors.AUTH_WEAK_PASSWORD
        : format(textOf(messages.passwordRules, rule, messages), { count }),
    );
  }
  const own = field === undefined ? undefined : messages.fields[field];
  const text =
    (error.code === 'REQUIRED' ? own?.required : error.code === 'AUTH_INVALID_INPUT' ? own?.invalid : undefined) ??
    textOf(messages.errors, error.code, messages);
  const wait = formatWait(error.retryAfterSeconds ?? UNKNOWN_WAIT_SECONDS, locale);
  return [format(text, { wait, email })];
}

/** A newer service has codes that these messages do not know. */
function textOf(texts: Readonly<Record<string, string>>, code: string, { errors }: Messages): string {
  return texts[code] ?? errors.UNEXPECTED;
}
