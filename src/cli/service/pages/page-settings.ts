import type { AuthConfig } from '../../../config/config.js';
import type { ServiceSettings } from '../../../config/service-settings.js';
import { NO_PRODUCT_NAME } from '../../../core/email/email.options.js';
import { commaList } from '../../../platform/options/comma-list.js';

/** What the script of the pages is told. packages/pages reads it. */
export interface PageSettings {
  readonly productName: string | undefined;
  readonly graphqlUrl: string;
  /** Where the refresh token is: in the cookie of the service, or in the memory of the page. */
  readonly mode: 'cookie' | 'token';
  readonly continueOrigins: readonly string[];
}

export function pageSettings(
  { mail, pages }: Pick<ServiceSettings, 'mail' | 'pages'>,
  { refreshCookie }: Pick<AuthConfig, 'refreshCookie'>,
): PageSettings {
  return {
    productName: mail.productName === NO_PRODUCT_NAME ? undefined : mail.productName,
    graphqlUrl: pages.graphqlUrl,
    mode: refreshCookie.enabled ? 'cookie' : 'token',
    continueOrigins: commaList(pages.continueOrigins).map((origin) => new URL(origin).origin),
  };
}
