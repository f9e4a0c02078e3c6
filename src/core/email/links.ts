import { ConfigError } from '../../platform/options/config-error.js';

const THIS_MACHINE = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Whether emails may link to the address: it must be absolute, and use https unless it is on this machine. */
export function isLinkBase(text: string): boolean {
  // `URL` ignores white space and accepts `https:host`, which are both mistakes here.
  if (!/^https?:\/\/[^\s/\\]\S*$/i.test(text) || !URL.canParse(text)) return false;
  const url = new URL(text);
  if (url.username !== '' || url.password !== '' || hasOtherToken(text)) return false;
  return url.protocol === 'https:' || THIS_MACHINE.has(url.hostname);
}

/** The pages that emails link to, by the path of their option, such as `mail.loginUrl`. */
export function linksIn(mail: object): [path: string, page: string][] {
  const pages = Object.entries(mail).filter(([option]) => option.endsWith('Url'));
  return pages.map(([option, page]) => [`mail.${option}`, String(page)]);
}

/** Whether the address of a page leads to the machine of whoever opens it. */
export function isOnThisMachine(page: string): boolean {
  return URL.canParse(page) && THIS_MACHINE.has(new URL(page).hostname);
}

/**
 * Checks that emails may link to all pages.
 * @param pages addresses by the path of their option
 * @throws ConfigError the address of a page is not absolute or not https
 */
export function requireLinkBases(pages: Readonly<Record<string, string>>): void {
  const refused = Object.keys(pages).filter((page) => !isLinkBase(pages[page] ?? ''));
  if (refused.length > 0)
    throw new ConfigError(refused.map((path) => ({ path, problem: problemOf(pages[path] ?? '') })));
}

function problemOf(page: string): string {
  if (/\S\s+\S/.test(page)) return 'contains a space; write %20';
  if (hasOtherToken(page)) return 'has a parameter "token"; leave it out, or write it without a value at the end';
  return 'is not an absolute https address';
}

/** The end of an address that says where its token belongs. Browsers do not send a fragment, as in `#token=`, to servers. */
const PLACE_OF_TOKEN = /[?&#]token=$/;

/** Whether a page would find another token than that of the link. */
function hasOtherToken(base: string): boolean {
  return /[?&#]token(?:[=&#]|$)/.test(base.replace(PLACE_OF_TOKEN, ''));
}

/** Returns the link to a page. */
export function pageLink(base: string): string {
  return new URL(base.replace(PLACE_OF_TOKEN, '')).href;
}

/** Returns the link to a page, with a token at the end if the address ends in `token=`, and otherwise in its query. */
export function tokenLink(base: string, token: string): string {
  if (PLACE_OF_TOKEN.test(base)) return `${new URL(base).href}${encodeURIComponent(token)}`;
  // Not with `searchParams`, which would re-encode the rest of the query.
  const url = new URL(base);
  const { hash } = url;
  url.hash = '';
  const address = url.href.replace(/#$/, '');
  const separator = !address.includes('?') ? '?' : /[?&]$/.test(address) ? '' : '&';
  return `${address}${separator}token=${encodeURIComponent(token)}${hash}`;
}
