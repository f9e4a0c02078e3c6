import { commaList } from '../platform/options/comma-list.js';
import type { ConfigProblem } from '../platform/options/config-error.js';
import type { BrowserSettings } from './browser-settings.js';

/** The path of the pages. */
export const PAGES_PATH = '/account';

type Environment = 'production' | 'development' | 'test';
type Settings = BrowserSettings & { readonly environment: Environment };

/** Whether these settings show the explorer. */
export function showsExplorer({ environment, explorer }: Omit<Settings, 'pages'>): boolean {
  return explorer.enabled ?? environment === 'development';
}

/** Whether the service has pages with these settings. */
export function showsPages({ environment, pages }: Omit<Settings, 'explorer'>): boolean {
  return pages.enabled ?? (environment === 'development' || pages.publicUrl !== undefined);
}

/** Finds settings that contradict each other or the environment. Missing sections are skipped. */
export function browserContradictions({ environment, explorer, pages }: Partial<Settings>): ConfigProblem[] {
  if (environment !== 'production') return [];
  const problems: ConfigProblem[] = [];
  if (explorer?.enabled === true)
    problems.push({ path: 'explorer.enabled', problem: 'is true, which production refuses; remove it' });
  if (!pages || !showsPages({ environment, pages })) return problems;
  const { continueOrigins, graphqlUrl, publicUrl } = pages;
  if (publicUrl === undefined)
    problems.push({
      path: 'pages.publicUrl',
      problem: 'is missing; write the origin of the pages, such as "https://auth.example.com"',
    });
  const addresses = {
    publicUrl: [publicUrl ?? ''],
    graphqlUrl: [graphqlUrl],
    continueOrigins: commaList(continueOrigins),
  };
  for (const [name, values] of Object.entries(addresses))
    if (values.some((value) => /^http:/i.test(value)))
      problems.push({ path: `pages.${name}`, problem: 'uses http, which production refuses; write an https address' });
  return problems;
}
