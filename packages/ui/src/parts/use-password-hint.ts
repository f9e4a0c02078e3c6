import { format, formatCount } from '../messages/format.js';
import { useUi } from '../provider/ui-context.js';

/** The rules that users can follow before the service has seen the password. */
const SHOWN = ['MIN_LENGTH', 'UPPERCASE', 'LOWERCASE', 'NUMBER', 'SPECIAL_CHARACTER'] as const;

/** What the service asks of a new password, before it is entered. */
export function usePasswordHint(): string {
  const { messages, settings, locale } = useUi();
  const count = formatCount(settings.passwordMinLength, locale);
  const rules = SHOWN.filter((rule) => rule === 'MIN_LENGTH' || settings.passwordRules.includes(rule));
  return rules.map((rule) => format(messages.passwordRules[rule], { count })).join(' ');
}
