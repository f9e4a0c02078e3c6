import type { FastifyInstance } from 'fastify';
import { PAGES_PATH, showsPages } from '../../config/browser-rules.js';
import type { AuthConfig } from '../../config/config.js';
import type { ServiceSettings } from '../../config/service-settings.js';
import type { Logger } from '../../platform/logger.js';
import { addDevelopmentRoutes, developmentPages } from './development/development-routes.js';
import { findShownPages } from './pages/page-bundle.js';
import { addPageRoutes } from './pages/page-routes.js';
import { pageSettings } from './pages/page-settings.js';
import type { BrowserPage } from './startup-message.js';

/** What the service shows to browsers. */
export interface BrowserRoutes {
  /** Where to look first. */
  readonly pages: readonly BrowserPage[];
  readonly add: (app: FastifyInstance, config: AuthConfig) => void;
}

/**
 * Prepares the pages for users and those for developers.
 * @param folder the folder of the built pages
 * @throws ConfigError the theme cannot be read
 */
export async function prepareBrowserRoutes(
  settings: ServiceSettings,
  folder: string,
  logger: Logger,
): Promise<BrowserRoutes> {
  const bundle = await findShownPages(settings, folder);
  if (showsPages(settings) && !bundle)
    logger.error({ folder }, 'the pages have not been built, so links in emails lead nowhere: run `npm run build`');
  const path = `${PAGES_PATH}/${settings.registration.enabled ? 'sign-up' : 'sign-in'}`;
  return {
    pages: [...(bundle ? [{ title: 'Pages', path }] : []), ...developmentPages(settings)],
    add: (app, config) => {
      if (bundle) addPageRoutes(app, bundle, pageSettings(settings, config));
      addDevelopmentRoutes(app, settings, config);
    },
  };
}
