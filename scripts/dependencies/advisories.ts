import { execFile } from 'node:child_process';

interface Report {
  readonly message?: string;
  readonly error?: { readonly summary?: string };
  readonly vulnerabilities?: Readonly<Record<string, Vulnerability>>;
}

interface Vulnerability {
  readonly severity: string;
  readonly range: string;
  readonly via: readonly (string | { readonly title: string; readonly url: string })[];
}

export interface Advisories {
  /** Runtime dependencies with an advisory of high or critical severity. */
  readonly problems: readonly string[];
  /** Why the registry provided no advisories. */
  readonly unavailable: string | undefined;
}

const SERIOUS = ['high', 'critical'];

/** Asks the registry for advisories about the runtime dependencies. */
export async function readAdvisories(folder: string): Promise<Advisories> {
  const output = await new Promise<string>((resolve) => {
    // npm exits with an error both if there are advisories and if the registry is unavailable; the output says which.
    execFile('npm', ['audit', '--omit=dev', '--json'], { cwd: folder, timeout: 60_000 }, (error, stdout) => {
      resolve(stdout.trim() === '' ? JSON.stringify({ message: error?.message ?? 'npm printed nothing' }) : stdout);
    });
  });
  return toAdvisories(JSON.parse(output) as Report);
}

export function toAdvisories({ message, error, vulnerabilities }: Report): Advisories {
  if (!vulnerabilities) {
    const reason = [message, error?.summary].find((text) => text !== undefined && text !== '');
    return { problems: [], unavailable: reason ?? 'npm reported neither advisories nor a reason' };
  }
  const problems = Object.entries(vulnerabilities)
    .filter(([, { severity }]) => SERIOUS.includes(severity))
    .map(([name, { severity, range, via }]) => {
      const reasons = via.map((source) => (typeof source === 'string' ? source : `${source.title} (${source.url})`));
      return `${name} ${range} has an advisory of ${severity} severity: ${reasons.join(', ')}`;
    });
  return { problems, unavailable: undefined };
}
