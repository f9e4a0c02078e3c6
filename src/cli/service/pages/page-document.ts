import { PAGES_PATH } from '../../../config/browser-rules.js';
import { escapeHtml } from '../html.js';
import type { PageSettings } from './page-settings.js';

export const ASSETS_PATH = `${PAGES_PATH}/assets`;

/** The names of the files that every page loads, below `ASSETS_PATH`. */
export interface PageFiles {
  readonly script: string;
  readonly styles: readonly string[];
}

/** Every page is this document. Its script shows the page that the address names. */
export function pageDocument({ script, styles }: PageFiles, settings: PageSettings): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(settings.productName ?? 'Account')}</title>
<link rel="icon" href="data:,">
${styles.map((name) => `<link rel="stylesheet" href="${ASSETS_PATH}/${name}">`).join('\n')}
<script type="module" src="${ASSETS_PATH}/${script}"></script>
</head>
<body>
<div id="pages" data-settings="${escapeHtml(JSON.stringify(settings))}"></div>
<noscript><p>These pages need JavaScript.</p></noscript>
</body>
</html>
`;
}

/** Allows the pages their own files and requests to the service or its gateway. Images may be those of a theme. */
export function pagePolicy(graphqlUrl: string): string {
  const gateway = graphqlUrl.startsWith('/') ? '' : ` ${new URL(graphqlUrl).origin}`;
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    `connect-src 'self'${gateway}`,
    "img-src 'self' https: data:",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; ');
}
