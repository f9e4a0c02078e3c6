import { isOnThisMachine, linksIn } from './links.js';

/**
 * Finds the settings of emails that fit only development: links to pages on this machine, and a sender on it.
 * @param mail the options `mail`
 * @param sender the address that emails come from, if it is known
 * @returns paths such as `mail.loginUrl`
 */
export function developmentMailSettings(mail: object, sender: string | undefined): string[] {
  const links = linksIn(mail).filter(([, page]) => isOnThisMachine(page));
  const unfit = links.map(([option]) => option);
  return sender?.endsWith('@localhost') ? ['mail.from', ...unfit] : unfit;
}
