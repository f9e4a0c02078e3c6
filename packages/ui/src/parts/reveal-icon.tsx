import type { ReactElement } from 'react';

/** An eye, crossed out while the password is shown. */
export function RevealIcon({ isShown }: { isShown: boolean }): ReactElement {
  return (
    <svg viewBox="0 0 24 24" width="20" height="20" fill="none" stroke="currentColor" strokeWidth="1.75" aria-hidden>
      <path d="M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12Z" strokeLinejoin="round" />
      <circle cx="12" cy="12" r="3" />
      {isShown && <path d="M4 4l16 16" strokeLinecap="round" />}
    </svg>
  );
}
