import { useEffect, useState } from 'react';
import { addressOf, pageAt, takeToken } from './page-address.js';
import type { PageName } from './page-names.js';

/** What the address of the browser asks for. */
export interface Address {
  readonly page: PageName | undefined;
  /** The token of an email, which is no longer in the address. */
  readonly token: string | undefined;
  /** Counts the moves, because a page that is opened again starts anew. */
  readonly visit: number;
}

/** Opens a page, with the token of an email if it needs one. */
type Open = (page: PageName, token?: string) => void;

export function readAddress(): Address {
  return { page: pageAt(location.pathname), token: takeToken(window), visit: 0 };
}

/** Follows the address without loading a document, which would end a session that is only in memory. */
export function useAddress(first: Address): readonly [Address, Open] {
  const [address, setAddress] = useState(first);
  useEffect(() => followAddress(setAddress), []);
  const open: Open = (page, token) => {
    history.pushState(null, '', addressOf(page, location.search));
    setAddress(({ visit }) => ({ page, token, visit: visit + 1 }));
  };
  return [address, open];
}

function followAddress(setAddress: (change: (address: Address) => Address) => void): () => void {
  const follow = (): void => {
    // Not in the updater, which React may run twice: the token is there only once.
    const { page, token } = readAddress();
    setAddress(({ visit }) => ({ page, token, visit: visit + 1 }));
  };
  const onClick = (event: MouseEvent): void => {
    const page = pageOfLink(event);
    if (page === undefined) return;
    event.preventDefault();
    history.pushState(null, '', addressOf(page, location.search));
    follow();
  };
  // A second link of an email in the same tab changes only the fragment, which loads no document. Browsers report that with
  // both events, and the token is there only for the first.
  const followToken = (): void => {
    if (location.hash !== '') follow();
  };
  window.addEventListener('popstate', follow);
  window.addEventListener('hashchange', followToken);
  document.addEventListener('click', onClick);
  return () => {
    window.removeEventListener('popstate', follow);
    window.removeEventListener('hashchange', followToken);
    document.removeEventListener('click', onClick);
  };
}

/** The page that a click leads to, unless it opens a tab or leaves the pages. */
function pageOfLink(event: MouseEvent): PageName | undefined {
  const { altKey, button, ctrlKey, defaultPrevented, metaKey, shiftKey, target } = event;
  if (defaultPrevented || button !== 0 || altKey || ctrlKey || metaKey || shiftKey) return undefined;
  const link = target instanceof Element ? target.closest('a') : null;
  if (link?.origin !== location.origin || link.target !== '') return undefined;
  return pageAt(link.pathname);
}
