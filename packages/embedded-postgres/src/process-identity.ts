import { readFile } from 'node:fs/promises';

import { hasCode } from './error-code.js';

const ANY_BIRTH = '0';

/**
 * Tells two processes apart that had the same pid one after the other: the time of birth and the boot on Linux.
 * `ANY_BIRTH` where the system does not say; undefined when no such process runs.
 */
export async function birthOf(pid: number): Promise<string | undefined> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (!hasCode(error, 'EPERM')) return undefined;
  }
  try {
    const stat = await readFile(`/proc/${String(pid)}/stat`, 'utf8');
    // The program's name stands in brackets and may itself hold spaces and brackets. @see proc_pid_stat(5)
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state, startTicks = ANY_BIRTH] = [fields[0], fields[19]];
    if (state === 'Z' || state === 'X') return undefined;
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8');
    return `${startTicks}.${boot.slice(0, 8)}`;
  } catch {
    return ANY_BIRTH;
  }
}

/** True while the process that was seen with this birth still runs. In doubt, true. */
export async function stillRuns(pid: number, birth: string): Promise<boolean> {
  const now = await birthOf(pid);
  return now !== undefined && (now === birth || now === ANY_BIRTH || birth === ANY_BIRTH);
}
