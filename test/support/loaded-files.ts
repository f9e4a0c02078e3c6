import { fileURLToPath } from 'node:url';

/** Waits for a busy reader: otherwise a full pipe ends the process. */
const HOOK = `
  import { registerHooks } from 'node:module';
  import { writeSync } from 'node:fs';
  function report(text) {
    for (let rest = Buffer.from(text); rest.length > 0; )
      try { rest = rest.subarray(writeSync(2, rest)); } catch (error) { if (error.code !== 'EAGAIN') throw error; }
  }
  registerHooks({ load(url, context, next) { report('loaded ' + url + '\\n'); return next(url, context); } });`;

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
