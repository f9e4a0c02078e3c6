import { fileURLToPath } from 'node:url';

const HOOK = `
  import { registerHooks } from 'node:module';
  import { writeSync } from 'node:fs';
  registerHooks({ load(url, context, next) { writeSync(2, 'loaded ' + url + '\\n'); return next(url, context); } });`;

/** Options for Node.js with which a process writes the files that it loads to standard error. */
export const REPORT_FILES = ['--import', `data:text/javascript,${encodeURIComponent(HOOK)}`] as const;

/** The files in such a report, in order. */
export function loadedFiles(report: string): string[] {
  return [...report.matchAll(/^loaded (file:.*)$/gm)].map(([, url = '']) => fileURLToPath(url));
}

/** The packages in such a report, sorted. */
export function loadedPackages(report: string): string[] {
  const names = loadedFiles(report).map((file) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1]);
  return [...new Set(names.filter((name) => name !== undefined))].sort();
}
