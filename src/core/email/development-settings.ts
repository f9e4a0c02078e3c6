import { isOnThisMachine } from './links.js';

/**
 * Finds the settings of emails that fit only development: links to pages on this machine, and a sender on it.
 * @param mail the options `mail`
 * @param sender the address that emails come from, if it is known
 * @returns paths such as `mail.loginUrl`
 */
export function developmentMailSettings(mail: object, sender: string | undefined): string[] {
  const links = Object.entries(mail).filter(
    ([option, page]) => option.endsWith('Url') && isOnThisMachine(String(page)),
  );
  return [...(sender?.endsWith('@localhost') ? ['from'] : []), ...links.map(([option]) => option)].map(
    (option) => `mail.${option}`,
  );
}
