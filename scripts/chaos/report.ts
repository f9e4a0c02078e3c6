import type { ChaosOutcome } from './run.js';

/** Formats the outcome as text. */
export function report(outcome: ChaosOutcome): string {
  const { audit, errors, operations, outages, seed, violationCount, violations } = outcome;
  const total = Object.values(operations).reduce((sum, count) => sum + count, 0);
  const rows = outages.map(
    (outage) =>
      `  ${outage.victim.padEnd(20)} at ${seconds(outage.atSeconds)}, back after ${seconds(outage.backAfterSeconds)}, ` +
      `${recovery(outage.recoveredAfterSeconds)}, longest without a success ` +
      `${seconds(outage.longestWithoutSuccessSeconds)}; logged: ${list(outage.logLines)}`,
  );
  const { register, logout, changePassword } = audit.doubts;
  const done = register.done + logout.done + changePassword.done;
  const undone = register.undone + logout.undone + changePassword.undone;
  return [
    `seed ${String(seed)}, ${String(outcome.clients)} clients, ${String(outcome.seconds)} s, load ${String(outcome.loadBefore)} before`,
    `${String(total)} operations: ${list(operations)}`,
    `other responses: ${list(errors)}`,
    'outages:',
    ...rows,
    `longest time without a success: ${seconds(outcome.longestWithoutSuccessSeconds)}`,
    `compared: ${String(audit.people)} users, ${String(audit.liveSessions)} live and ${String(audit.endedSessions)} ended ` +
      `sessions, ${String(audit.replacedPasswords)} replaced passwords, ${String(audit.emails)} emails`,
    `abandoned operations: ${String(done)} took effect, ${String(undone)} did not`,
    violationCount === 0 ? 'nothing acknowledged was lost' : `${String(violationCount)} VIOLATIONS:`,
    ...violations.map((violation) => `  ${violation}`),
  ].join('\n');
}

function recovery(after: number | null): string {
  return after === null ? 'without a success until the next fault or the end' : `recovered after ${seconds(after)}`;
}

function seconds(value: number): string {
  return `${value.toFixed(2)} s`;
}

function list(counts: Readonly<Record<string, number>>): string {
  const parts = Object.entries(counts).map(([name, count]) => `${name} ${String(count)}`);
  return parts.length === 0 ? 'none' : parts.join(', ');
}
