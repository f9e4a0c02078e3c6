import { format, formatCount } from '../messages/format.js';
import { useUi } from '../provider/ui-context.js';

/** What the service asks of a new password, before it is entered. */
export function usePasswordHint(): string {
  const { messages, settings, locale } = useUi();
  const count = formatCount(settings.passwordMinLength, locale);
  const rules = ['MIN_LENGTH', ...settings.passwordRules.filter((rule) => rule !== 'MIN_LENGTH')] as const;
  return rules.map((rule) => format(messages.passwordRules[rule], { count })).join(' ');
}
