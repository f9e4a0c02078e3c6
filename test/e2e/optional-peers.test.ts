import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { installPackages } from '../support/installed-project.js';
import { ROOT } from '../support/pages.js';

const PACKAGES = ['@auth-subgraph/client', '@auth-subgraph/verifier'] as const;

interface Manifest {
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta: Readonly<Record<string, { readonly optional?: boolean }>>;
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'auth-subgraph-peers-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** The libraries that only an adapter needs. */
async function optionalPeers(): Promise<string[]> {
  const names = new Set<string>();
  for (const name of PACKAGES) {
    const file = `${ROOT}packages/${name.slice('@auth-subgraph/'.length)}/package.json`;
    const { peerDependencies, peerDependenciesMeta } = JSON.parse(await readFile(file, 'utf8')) as Manifest;
    for (const peer of Object.keys(peerDependencies)) if (peerDependenciesMeta[peer]?.optional) names.add(peer);
  }
  return [...names];
}

/** Packs an empty package, and returns the path of the tarball. */
async function packEmpty(name: string, version: string): Promise<string> {
  const source = join(folder, `${name.replace('/', '-')}-${version}`);
  await mkdir(source);
  await writeFile(join(source, 'package.json'), JSON.stringify({ name, version }));
  const { stdout } = await promisify(execFile)('npm', ['pack', '--silent', source], { cwd: folder });
  return join(folder, stdout.trim());
}

test.each(['0.1.0', '999.0.0-rc.1'])(
  'the packages install beside version %s of a library whose adapter the project does not use',
  async (version) => {
    const peers = await optionalPeers();
    expect(peers.length).toBeGreaterThan(10);
    const others = [];
    for (const peer of peers) others.push(await packEmpty(peer, version));
    const project = await installPackages(PACKAGES, others);
    try {
      for (const name of PACKAGES) expect(await project.runProgram(`import '${name}';\nconsole.log(true);`)).toBe(true);
    } finally {
      await project.remove();
    }
  },
);
