import type { FastifyInstance } from 'fastify';
import type { TrialConfig } from '../first-operations.js';
import { showsExplorer } from '../../../config/browser-rules.js';
import type { ServiceSettings } from '../../../config/service-settings.js';
import type { BrowserPage } from '../startup-message.js';
import { mailFolderOf } from '../open-service.js';
import { addExplorer } from './explorer.js';
import { problemOfRemote } from './local-request.js';
import { MAIL_PATH } from './mail-page.js';
import { addMailPreview } from './mail-preview.js';

/** The pages for developers that these settings show, for the terminal. */
export function developmentPages(settings: ServiceSettings): BrowserPage[] {
  return [
    ...(showsExplorer(settings) ? [{ title: 'Explorer', path: '/' }] : []),
    ...(shownMailFolder(settings) === undefined ? [] : [{ title: 'Emails', path: MAIL_PATH }]),
  ];
}

/** Adds the pages for developers that these settings show, for browsers on this machine. */
export function addDevelopmentRoutes(app: FastifyInstance, settings: ServiceSettings, config: TrialConfig): void {
  void app.register((local, _options, done) => {
    local.addHook('onRequest', (request, _reply, next) => {
      next(problemOfRemote(request));
    });
    if (showsExplorer(settings)) addExplorer(local, config);
    const mailFolder = shownMailFolder(settings);
    if (mailFolder !== undefined) addMailPreview(local, mailFolder);
    done();
  });
}

function shownMailFolder(settings: ServiceSettings): string | undefined {
  return settings.environment === 'development' ? mailFolderOf(settings) : undefined;
}
