import { createReadStream } from 'node:fs';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { PAGES_PATH } from '../../../config/browser-rules.js';
import { HttpError } from '../../../platform/http/http-errors.js';
import { NOTHING_HERE } from '../../../platform/http/request-check.js';
import { HTML_TYPE } from '../html.js';
import type { PageBundle } from './page-bundle.js';
import { ASSETS_PATH, pageDocument, pagePolicy } from './page-document.js';
import type { PageSettings } from './page-settings.js';

/** The pages of the features. packages/pages shows them. */
const PAGES: ReadonlySet<string> = new Set([
  'sign-in',
  'sign-up',
  'verify-email',
  'forgot-password',
  'reset-password',
  'accept-invitation',
  'confirm-email-change',
  'account',
]);
/** The names of the files contain a hash of their content. */
const FOREVER = 'public, max-age=31536000, immutable';

interface Named {
  readonly Params: { readonly name: string };
}

/** Adds the pages below `/account/` and their files. */
export function addPageRoutes(app: FastifyInstance, { assets, files }: PageBundle, settings: PageSettings): void {
  const document = pageDocument(files, settings);
  const headers = {
    'content-security-policy': pagePolicy(settings.graphqlUrl),
    'referrer-policy': 'no-referrer',
    'x-frame-options': 'DENY',
  };
  const answer = (reply: FastifyReply): FastifyReply => reply.headers(headers).type(HTML_TYPE).send(document);
  /** Keeps the query. */
  const leadTo = (name: string, { url }: FastifyRequest, reply: FastifyReply): FastifyReply =>
    reply.redirect(`${PAGES_PATH}/${encodeURIComponent(name)}${/\?.*/.exec(url)?.[0] ?? ''}`);
  for (const path of [PAGES_PATH, `${PAGES_PATH}/`])
    app.get(path, (request, reply) => leadTo('account', request, reply));
  app.get(`${PAGES_PATH}/:name`, (request: FastifyRequest<Named>, reply) =>
    answer(reply.code(PAGES.has(request.params.name) ? 200 : 404)),
  );
  app.get(`${PAGES_PATH}/:name/`, (request: FastifyRequest<Named>, reply) =>
    leadTo(request.params.name, request, reply),
  );
  app.get(`${ASSETS_PATH}/:name`, (request: FastifyRequest<Named>, reply) => {
    const file = assets.get(request.params.name);
    if (!file) throw new HttpError(404, NOTHING_HERE);
    return reply.type(file.type).header('cache-control', FOREVER).send(createReadStream(file.path));
  });
}
