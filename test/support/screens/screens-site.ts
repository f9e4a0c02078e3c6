import { readFile } from 'node:fs/promises';
import { build } from 'esbuild';
import { ROOT } from '../pages.js';
import type { Site } from '../page-server.js';

/** Nothing from anywhere else, and neither inline scripts nor inline styles. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'";

const STYLE = `
html { background: light-dark(#f3f4f7, #0c0d10); }
body { margin: 0; padding: 3rem 1rem; min-height: 100vh; box-sizing: border-box; }
@media (max-width: 26rem) { body { padding: 1rem; } }
.application { max-inline-size: 19rem; }`;

/** A page that shows the screens, with their stylesheet. */
export async function screensSite(react: 18 | 19, markup = ''): Promise<Site> {
  const folder = react === 18 ? `${ROOT}test/support/react-18/node_modules/` : `${ROOT}node_modules/`;
  const { outputFiles } = await build({
    entryPoints: [`${ROOT}test/support/screens/page/program.tsx`],
    bundle: true,
    format: 'iife',
    target: 'es2022',
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"production"' },
    alias: {
      react: `${folder}react`,
      'react-dom': `${folder}react-dom`,
      'react-dom/server': `${folder}react-dom/server.browser.js`,
      '@auth-subgraph/client': `${ROOT}packages/client/src`,
      '@auth-subgraph/ui': `${ROOT}packages/ui/src`,
    },
    write: false,
  });
  const css = await readFile(`${ROOT}packages/ui/styles.css`, 'utf8');
  const html = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width" />
    <meta name="color-scheme" content="light dark" />
    <title>Account</title>
    <link rel="stylesheet" href="/styles.css" />
    <link rel="stylesheet" href="/page.css" />
  </head>
  <body>
    <div id="root">${markup}</div>
    <script src="/program.js"></script>
  </body>
</html>`;
  return {
    headers: { 'content-security-policy': POLICY },
    files: {
      '/': { type: 'text/html', body: html },
      '/program.js': { type: 'text/javascript', body: outputFiles[0]?.text ?? '' },
      '/styles.css': { type: 'text/css', body: css },
      '/page.css': { type: 'text/css', body: STYLE },
    },
  };
}
