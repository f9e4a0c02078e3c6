import axe, { type AxeResults, type RunOptions } from 'axe-core';
import { LANGUAGES, type Scheme, type ScreensPage } from '../screens-page.types.js';

/** The dark scheme has other colors, and nothing else that a rule could find. */
const RULES: Readonly<Record<Scheme, RunOptions>> = {
  light: {
    runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] },
    rules: { 'target-size': { enabled: true } },
  },
  dark: { runOnly: { type: 'rule', values: ['color-contrast'] } },
};

export async function audit(page: Pick<ScreensPage, 'speak'>): Promise<string[]> {
  const findings: string[] = [];
  for (const language of LANGUAGES) {
    page.speak(language);
    for (const scheme of ['light', 'dark'] as const) {
      const { style } = document.documentElement;
      style.colorScheme = scheme;
      style.setProperty('--auth-color-scheme', scheme);
      findings.push(...(await findingsIn(scheme)).map((finding) => `${language}, ${scheme}: ${finding}`));
    }
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth > clientWidth)
      findings.push(`${language}: ${String(scrollWidth)} of ${String(clientWidth)} pixels`);
  }
  page.speak('en');
  return findings;
}

async function findingsIn(scheme: Scheme): Promise<string[]> {
  const { violations, incomplete, passes } = await axe.run(document, RULES[scheme]);
  const unknownContrast = incomplete.filter(({ id }) => id === 'color-contrast');
  const ran = passes.some(({ id }) => id === 'color-contrast') ? [] : ['color-contrast did not run'];
  return [...ran, ...[...violations, ...unknownContrast].flatMap(describe)];
}

function describe({ id, nodes }: AxeResults['violations'][number]): string[] {
  return nodes.map(({ target }) => `${id} at ${target.join(' ')}`);
}
