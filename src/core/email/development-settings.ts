import { NO_PRODUCT_NAME, type EmailConfig } from './email.options.js';
import { isOnThisMachine, linksIn } from './links.js';

/**
 * Finds the settings of emails that fit only development: links to pages on this machine, a sender on it, and no name of the
 * product.
 * @param mail the options `mail`
 * @param sender the address that emails come from, if it is known
 * @returns paths such as `mail.loginUrl`
 */
export function developmentMailSettings(
  mail: Pick<EmailConfig['mail'], 'productName'>,
  sender: string | undefined,
): string[] {
  const links = linksIn(mail).filter(([, page]) => isOnThisMachine(page));
  return [
    ...(sender?.endsWith('@localhost') ? ['mail.from'] : []),
    ...(mail.productName === NO_PRODUCT_NAME ? ['mail.productName'] : []),
    ...links.map(([option]) => option),
  ];
}
