const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** True for the canonical text form of any UUID. PostgreSQL raises an error for anything else, so ask first. */
export function isUuid(value: unknown): value is string {
  return typeof value === 'string' && UUID.test(value);
}
