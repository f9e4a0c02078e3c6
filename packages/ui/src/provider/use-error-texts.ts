import { errorTexts } from '../form/error-texts.js';
import type { AuthFormError } from '../form/form.types.js';
import type { FieldName } from '../messages/messages.types.js';
import { useUi } from './ui-context.js';

/** What an error text may mention. */
export interface ErrorContext {
  /** The field that the error belongs to. */
  readonly field?: FieldName | undefined;
  readonly email?: string | undefined;
}

/**
 * Returns a function that puts an error into words: one text, or one for each broken rule of a password.
 * @example const texts = useErrorTexts(); texts(form.errors.email, { field: 'email' })
 */
export function useErrorTexts(): (error: AuthFormError | undefined, context?: ErrorContext) => readonly string[] {
  const { messages, locale, settings } = useUi();
  const { passwordMinLength } = settings;
  return (error, context = {}) =>
    error === undefined ? [] : errorTexts(error, { messages, locale, passwordMinLength, ...context });
}
