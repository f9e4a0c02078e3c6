import { EmailSetupError } from './email-setup.error.js';

const THIS_MACHINE = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Whether a mail may link to the address: absolute, and https unless it is on this machine. */
export function isLinkBase(text: string): boolean {
  // URL ignores white space and completes `https:host`; whoever wrote that meant something else.
  if (!/^https?:\/\/[^\s/\\]\S*$/i.test(text) || !URL.canParse(text)) return false;
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') return false;
  return url.protocol === 'https:' || THIS_MACHINE.has(url.hostname);
}

/**
 * Refuses pages that emails may not link to.
 * @param pages addresses by the names of the pages
 * @throws EmailSetupError naming the first page whose address is not a link base
 */
export function requireLinkBases(pages: Readonly<Record<string, string>>): void {
  const refused = Object.keys(pages).find((page) => !isLinkBase(pages[page] ?? ''));
  if (refused !== undefined)
    throw new EmailSetupError(`The address of the page ${refused} is not an absolute https address.`);
}

/** The address of a page. */
export function pageLink(base: string): string {
  return new URL(base).href;
}

/** The address of a page with a token in its query. */
export function tokenLink(base: string, token: string): string {
  // By hand, because `searchParams` would encode the rest of the query anew.
  const url = new URL(base);
  const { hash } = url;
  url.hash = '';
  const address = url.href.replace(/#$/, '');
  const separator = !address.includes('?') ? '?' : /[?&]$/.test(address) ? '' : '&';
  return `${address}${separator}token=${encodeURIComponent(token)}${hash}`;
}
