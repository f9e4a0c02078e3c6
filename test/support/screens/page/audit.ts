import axe, { type AxeResults } from 'axe-core';
import { LANGUAGES, type ScreensPage } from '../screens-page.types.js';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

export async function audit(page: Pick<ScreensPage, 'speak'>): Promise<string[]> {
  const findings: string[] = [];
  for (const language of LANGUAGES) {
    page.speak(language);
    for (const scheme of ['light', 'dark']) {
      const { style } = document.documentElement;
      style.colorScheme = scheme;
      style.setProperty('--auth-color-scheme', scheme);
      findings.push(...(await axeFindings()).map((finding) => `${language}, ${scheme}: ${finding}`));
    }
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth > clientWidth)
      findings.push(`${language}: ${String(scrollWidth)} of ${String(clientWidth)} pixels`);
  }
  page.speak('en');
  return findings;
}

async function axeFindings(): Promise<string[]> {
  const { violations, incomplete, passes } = await axe.run(document, {
    runOnly: { type: 'tag', values: TAGS },
    rules: { 'target-size': { enabled: true } },
  });
  const unknownContrast = incomplete.filter(({ id }) => id === 'color-contrast');
  const ran = passes.some(({ id }) => id === 'color-contrast') ? [] : ['color-contrast did not run'];
  return [...ran, ...[...violations, ...unknownContrast].flatMap(describe)];
}

function describe({ id, nodes }: AxeResults['violations'][number]): string[] {
  return nodes.map(({ target }) => `${id} at ${target.join(' ')}`);
}
