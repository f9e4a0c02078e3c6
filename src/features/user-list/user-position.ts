import * as z from 'zod';
import { isCalendarDate } from '../../platform/calendar-date.js';

/** Where a user is in a list: which list, the key that it is ordered by, and the id. */
export interface UserPosition {
  readonly list: string;
  readonly key: string;
  readonly id: string;
}

/** The key is at most a name of 201 characters, each of four bytes. */
const MAX_CURSOR_LENGTH = 1200;
const MAX_KEY_LENGTH = 402;

const key = z
  .string()
  .max(MAX_KEY_LENGTH)
  .refine((text) => !text.includes('\0') && text.isWellFormed());
const parts = z.tuple([z.string().max(20), key, z.guid()]);

/** An instant as the database writes it. */
const INSTANT = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d{1,6})?)\+00$/;

/** The position as clients get it. Not secret: it contains what the page contained. */
export function writeCursor({ list, key: ofUser, id }: UserPosition): string {
  return Buffer.from(JSON.stringify([list, ofUser, id])).toString('base64url');
}

/**
 * Reads a cursor; `undefined` if it is not one.
 * @param lists the lists that the position can be in
 */
export function readCursor(cursor: string, lists: readonly string[]): UserPosition | undefined {
  if (cursor.length > MAX_CURSOR_LENGTH || !/^[\w-]+$/.test(cursor)) return undefined;
  const [list, ofUser, id] = parts.safeParse(parse(Buffer.from(cursor, 'base64url').toString())).data ?? [];
  if (list === undefined || ofUser === undefined || id === undefined || !lists.includes(list)) return undefined;
  return { list, key: ofUser, id };
}

/** Whether a key is an instant that the database can read. */
export function isInstant(text: string): boolean {
  const [, date, time] = INSTANT.exec(text) ?? [];
  if (date === undefined || time === undefined) return false;
  return isCalendarDate(date) && !Number.isNaN(Date.parse(`${date}T${time}Z`));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
