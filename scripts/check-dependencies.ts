import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { readAdvisories } from './dependencies/advisories.js';
import { licenceProblems } from './dependencies/licences.js';
import { dependenciesOf, type Lockfile } from './dependencies/lockfile.js';

/**
 * Checks the licences of all dependencies, and asks the registry for advisories about those that are published. If the
 * registry is unavailable, the check passes with a warning, unless `--require-advisories` is set.
 */

const ROOT = fileURLToPath(new URL('../', import.meta.url));

const lockfile = JSON.parse(await readFile(`${ROOT}package-lock.json`, 'utf8')) as Lockfile;
const { problems, unavailable } = await readAdvisories(ROOT);
for (const problem of [...licenceProblems(dependenciesOf(lockfile)), ...problems]) {
  console.error(problem);
  process.exitCode = 1;
}
if (unavailable !== undefined) {
  console.error(`Advisories were not checked: ${unavailable}`);
  if (process.argv.includes('--require-advisories')) process.exitCode = 1;
}
