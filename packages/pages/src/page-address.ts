import { PAGE_NAMES, type PageName } from './page-names.js';

const FOLDER = '/account/';

/** The page at a path; `undefined` if there is none. */
export function pageAt(path: string): PageName | undefined {
  return PAGE_NAMES.find((name) => path === `${FOLDER}${name}`);
}

/** The path of a page. The query stays, because it says where to go on after a sign-in. */
export function addressOf(page: PageName, search: string): string {
  return `${FOLDER}${page}${search}`;
}

/**
 * Takes the token of an email out of the address, so that neither the history nor a copied address has it.
 * @returns `undefined` if there is none
 */
export function takeToken({ history, location }: Pick<Window, 'history' | 'location'>): string | undefined {
  const token = new URLSearchParams(location.hash.slice(1)).get('token');
  if (token === null) return undefined;
  history.replaceState(null, '', `${location.pathname}${location.search}`);
  return token === '' ? undefined : token;
}
