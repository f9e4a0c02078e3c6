import type { FastifyInstance } from 'fastify';
import type { ServiceSettings } from '../../../config/service-settings.js';
import { mailFolderOf } from '../open-service.js';
import { addMailPreview } from './mail-preview.js';

/** Adds the pages for developers, in development only. */
export function addDevelopmentRoutes(app: FastifyInstance, settings: ServiceSettings): void {
  if (settings.environment !== 'development') return;
  const mailFolder = mailFolderOf(settings);
  if (mailFolder !== undefined) addMailPreview(app, mailFolder);
}
