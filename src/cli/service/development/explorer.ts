import { createReadStream } from 'node:fs';
import type * as altair from 'altair-static';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { TrialConfig } from '../first-operations.js';
import { HttpError } from '../../../platform/http/http-errors.js';
import { NOTHING_HERE } from '../../../platform/http/request-check.js';
import { HTML_TYPE } from '../html.js';
import { sendLandingPage } from '../landing-page.js';
import { listStaticFiles, type StaticFile } from '../static-files.js';
import { explorerOptions } from './explorer-tabs.js';

const FOLDER = '/explorer/';
const OPTIONS_SCRIPT = 'options.js';

/** Altair compiles schemas and queries in the page, and runs scripts of tabs in a sandboxed frame. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'unsafe-eval'",
  "style-src 'self' 'unsafe-inline'",
  "worker-src 'self' blob:",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "frame-src 'self'",
  "base-uri 'self'",
  "form-action 'none'",
  "frame-ancestors 'self'",
].join('; ');

type Parts = 'isSandboxFrame' | 'renderAltair' | 'renderInitSnippet' | 'SANDBOX_FRAME_CSP';

interface Explorer extends Pick<typeof altair, Parts> {
  readonly files: ReadonlyMap<string, StaticFile>;
}

interface FileRequest {
  readonly Params: { readonly '*': string };
}

/**
 * Adds `/`: an explorer for GraphQL. Its package is an optional dependency; without it, `/`
 * shows the same page as `/graphql`.
 */
export function addExplorer(app: FastifyInstance, config: TrialConfig): void {
  let loaded: Promise<Explorer | undefined> | undefined;
  const load = (): Promise<Explorer | undefined> => (loaded ??= loadExplorer());
  app.get('/', async (_request, reply) => {
    const explorer = await load();
    if (!explorer) return sendLandingPage(reply, config);
    const page = explorer.renderAltair({ baseURL: FOLDER, serveInitialOptionsInSeperateRequest: OPTIONS_SCRIPT });
    return reply.type(HTML_TYPE).header('content-security-policy', POLICY).send(page);
  });
  app.get(`${FOLDER}${OPTIONS_SCRIPT}`, async (request, reply) => {
    const explorer = await load();
    if (!explorer) throw new HttpError(404, NOTHING_HERE);
    const endpointUrl = `http://${request.headers.host ?? 'localhost'}/graphql`;
    return reply.type('text/javascript').send(explorer.renderInitSnippet(explorerOptions(config, endpointUrl)));
  });
  app.get(`${FOLDER}*`, async (request: FastifyRequest<FileRequest>, reply) => {
    const explorer = await load();
    const name = request.params['*'];
    const file = explorer?.files.get(name);
    if (!explorer || !file) throw new HttpError(404, NOTHING_HERE);
    // The frame has no origin, so its own scripts count as those of another site.
    if (explorer.isSandboxFrame(name))
      void reply.headers({ 'content-security-policy': explorer.SANDBOX_FRAME_CSP, 'access-control-allow-origin': '*' });
    else void reply.header('content-security-policy', POLICY);
    return reply.type(file.type).send(createReadStream(file.path));
  });
}

async function loadExplorer(): Promise<Explorer | undefined> {
  try {
    const { getDistDirectory, isSandboxFrame, renderAltair, renderInitSnippet, SANDBOX_FRAME_CSP } =
      await import('altair-static');
    const files = await listStaticFiles(getDistDirectory());
    return { files, isSandboxFrame, renderAltair, renderInitSnippet, SANDBOX_FRAME_CSP };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}
