/** Whether a date such as `2026-11-24` exists, also for the database, which has no year 0. */
export function isCalendarDate(date: string): boolean {
  const midnight = new Date(`${date}T00:00:00Z`);
  // `Date` would accept the 31st of every month, and change it.
  return !date.startsWith('0000') && !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(date);
}
