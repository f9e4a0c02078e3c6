import { readFile } from 'node:fs/promises';

import { hasCode } from './error-code.js';

const ANY_BIRTH = '0';

/**
 * Distinguishes two processes that had the same pid one after the other: by start time and boot on Linux. `ANY_BIRTH`
 * if the system does not tell; undefined if no such process is running.
 */
export async function birthOf(pid: number): Promise<string | undefined> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (!hasCode(error, 'EPERM')) return undefined;
  }
  try {
    const stat = await readFile(`/proc/${String(pid)}/stat`, 'utf8');
    // The program name is in parentheses and may itself contain spaces and parentheses. @see proc_pid_stat(5)
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state, startTicks = ANY_BIRTH] = [fields[0], fields[19]];
    if (state === 'Z' || state === 'X') return undefined;
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8');
    return `${startTicks}.${boot.slice(0, 8)}`;
  } catch {
    return ANY_BIRTH;
  }
}

/** Whether the process that was seen with this birth is still running. If unknown, true. */
export async function stillRuns(pid: number, birth: string): Promise<boolean> {
  const now = await birthOf(pid);
  return now !== undefined && (now === birth || now === ANY_BIRTH || birth === ANY_BIRTH);
}
