import { useUi } from '../provider/ui-context.js';
import { useErrorTexts } from '../provider/use-error-texts.js';

/** The rules that users can follow before the service has seen the password. */
const SHOWN = ['MIN_LENGTH', 'UPPERCASE', 'LOWERCASE', 'NUMBER', 'SPECIAL_CHARACTER'] as const;

/** What the service asks of a new password, before it is entered; undefined while that is unknown. */
export function usePasswordHint(): string | undefined {
  const { passwordMinLength, passwordRules } = useUi().settings;
  const errorTexts = useErrorTexts();
  if (passwordMinLength === undefined) return undefined;
  const violations = SHOWN.filter((rule) => rule === 'MIN_LENGTH' || passwordRules?.includes(rule));
  return errorTexts({ code: 'AUTH_WEAK_PASSWORD', violations }).join(' ');
}
