/** A package in package-lock.json, which lists packages by their folder. */
interface LockedPackage {
  readonly version?: string;
  readonly license?: string;
  /** A workspace is a link to its folder. */
  readonly link?: boolean;
  readonly resolved?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

export interface Lockfile {
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

export interface Dependency {
  readonly name: string;
  readonly version: string;
  readonly license: string | undefined;
  /** Whether it is installed with a published package. */
  readonly ships: boolean;
}

/** Every package in the lockfile except the workspaces. */
export function dependenciesOf(lockfile: Lockfile): Dependency[] {
  const shipped = shippedFolders(lockfile);
  return Object.entries(lockfile.packages)
    .filter(([folder, { link }]) => folder.includes('node_modules/') && link !== true)
    .map(([folder, { version = '', license }]) => ({
      name: folder.slice(folder.lastIndexOf('node_modules/') + 'node_modules/'.length),
      version,
      license,
      ships: shipped.has(folder),
    }));
}

/** The folders of everything that the published packages need, at any depth. Optional peers are the user's choice. */
function shippedFolders({ packages }: Lockfile): Set<string> {
  const found = new Set<string>();
  const open = Object.keys(packages).filter((folder) => folder === '' || /^packages\/[^/]+$/.test(folder));
  for (let folder = open.pop(); folder !== undefined; folder = open.pop()) {
    if (found.has(folder)) continue;
    found.add(folder);
    for (const name of namesNeededBy(packages[folder] ?? {})) {
      const needed = installedFor(folder, name, packages);
      if (needed !== undefined) open.push(needed);
    }
  }
  return found;
}

function namesNeededBy(locked: LockedPackage): string[] {
  const { dependencies, optionalDependencies, peerDependencies = {}, peerDependenciesMeta } = locked;
  const peers = Object.keys(peerDependencies).filter((name) => peerDependenciesMeta?.[name]?.optional !== true);
  return [...Object.keys({ ...dependencies, ...optionalDependencies }), ...peers];
}

/** The folder in which Node.js finds a package by name, looking from another one. */
function installedFor(from: string, name: string, packages: Lockfile['packages']): string | undefined {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/')))) {
    const candidate = `${folder === '' ? '' : `${folder}/`}node_modules/${name}`;
    const locked = packages[candidate];
    if (locked) return locked.link === true ? locked.resolved : candidate;
    if (folder === '') return undefined;
  }
}
