/** The names of the pages, which are the last part of their paths. */
export const PAGE_NAMES = [
  'sign-in',
  'sign-up',
  'verify-email',
  'forgot-password',
  'reset-password',
  'accept-invitation',
  'confirm-email-change',
  'account',
] as const;

export type PageName = (typeof PAGE_NAMES)[number];
