import { commaList } from '../platform/options/comma-list.js';
import { PAGES_PATH, showsPages } from './browser-rules.js';
import type { ServiceSettings } from './service-settings.js';

/** The pages that emails lead to. Tokens are in the fragment, which browsers do not send to servers. */
const EMAIL_LINKS = {
  verifyEmailUrl: 'verify-email#token=',
  resetPasswordUrl: 'reset-password#token=',
  acceptInvitationUrl: 'accept-invitation#token=',
  confirmEmailChangeUrl: 'confirm-email-change#token=',
  loginUrl: 'sign-in',
} as const;

type MailUrls = Partial<Record<keyof typeof EMAIL_LINKS, unknown>>;

/**
 * Completes settings for the pages of the service: emails lead there unless their links are set, and in cookie mode the
 * pages may sign in.
 * @param given the mail settings before defaults were applied
 */
export function withPageLinks(settings: Partial<ServiceSettings>, given: MailUrls = {}): Partial<ServiceSettings> {
  const origin = originOfPages(settings);
  if (origin === undefined) return settings;
  const { mail, refreshCookie } = settings;
  const unset = Object.entries(EMAIL_LINKS).filter(([name]) => given[name as keyof MailUrls] === undefined);
  const links = Object.fromEntries(unset.map(([name, page]) => [name, `${origin}${PAGES_PATH}/${page}`]));
  return {
    ...settings,
    ...(mail && { mail: { ...mail, ...links } }),
    ...(refreshCookie && { refreshCookie: withOrigin(refreshCookie, origin) }),
  };
}

/** The origin of the pages; `undefined` if there are none, or if the system chooses the port. */
function originOfPages({ environment, pages, port }: Partial<ServiceSettings>): string | undefined {
  if (!environment || !pages || !showsPages({ environment, pages })) return undefined;
  if (pages.publicUrl !== undefined) return new URL(pages.publicUrl).origin;
  return environment === 'production' || !port ? undefined : `http://localhost:${String(port)}`;
}

function withOrigin(cookie: ServiceSettings['refreshCookie'], origin: string): ServiceSettings['refreshCookie'] {
  const { allowedOrigins, enabled } = cookie;
  const others = commaList(allowedOrigins);
  if (!enabled || others.includes(origin)) return cookie;
  return { ...cookie, allowedOrigins: [...others, origin].join(', ') };
}
