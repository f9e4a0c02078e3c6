import { build } from 'esbuild';
import type { Site } from '../page-server.js';
import { ROOT } from '../pages.js';

/** A page with the hooks of the client in Strict Mode, in a development build, which mounts every component twice. */
export async function reactSite(react: 18 | 19): Promise<Site> {
  const folder = react === 18 ? `${ROOT}test/support/react-18/node_modules/` : `${ROOT}node_modules/`;
  const { outputFiles } = await build({
    entryPoints: [`${ROOT}test/support/react-page/program.ts`],
    bundle: true,
    format: 'iife',
    define: { 'process.env.NODE_ENV': '"development"' },
    alias: {
      react: `${folder}react`,
      'react-dom': `${folder}react-dom`,
      '@auth-subgraph/client': `${ROOT}packages/client/src`,
    },
    write: false,
  });
  const html = '<!doctype html><title>Page</title><body><script src="/program.js"></script></body>';
  return {
    headers: {},
    files: {
      '/': { type: 'text/html', body: html },
      '/program.js': { type: 'text/javascript', body: outputFiles[0]?.text ?? '' },
    },
  };
}
