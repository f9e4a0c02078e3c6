import * as z from 'zod';
import { importProblem, toStoredHash } from '../../core/credentials/importable-hash.js';
import type { MetadataChecks } from '../../core/composition/ports.js';
import { InvalidInputError } from '../../core/errors/errors.js';
import { normalizeAvatarUrl } from '../../core/users/avatar-url.js';
import { normalizeEmailAddress } from '../../core/users/email-address.js';
import { normalizeLocale } from '../../core/users/locale.js';
import { readMetadataChange, type MetadataDocument, type MetadataField } from '../../core/users/metadata-document.js';
import { normalizeName } from '../../core/users/person-name.js';
import { normalizeRoles } from '../../core/users/role-list.js';
import type { User } from '../../core/users/user.js';
import { isUuid } from '../../platform/random.js';

/** A user as described by one line of an import. */
export interface ImportedUser extends Omit<User, 'id' | 'tokensNotBefore'> {
  /** Null if the line has none; then the user gets a new id. */
  readonly id: string | null;
  readonly passwordHash: string | null;
  /** The documents about the user, without those that are empty. */
  readonly metadata: ImportedMetadata;
}

export type ImportedMetadata = Readonly<Partial<Record<MetadataField, MetadataDocument>>>;

/** Why a line cannot be imported. Contains no value of the line except the address. */
export interface LineProblem {
  /** Null if the line has none that could be read. */
  readonly email: string | null;
  /** Null if the problem is the line as a whole. */
  readonly field: string | null;
  /** The rest of a sentence about the field or line. */
  readonly problem: string;
}

/** The operator vouches for the addresses of pictures. */
const ANY_HOST: readonly string[] = [];

const NOT_AN_INSTANT = 'must be an instant such as 2026-11-24T08:30:00Z';

const text = z.string('must be text');
const boolean = z.boolean('must be true or false');
const instant = z.iso
  .datetime({ offset: true, error: NOT_AN_INSTANT })
  .transform((value) => new Date(value))
  // PostgreSQL has no year 0.
  .refine((value) => value.getUTCFullYear() >= 1, NOT_AN_INSTANT);

/** It stands for a missing id, and the export starts after it. */
const NIL_UUID = '00000000-0000-0000-0000-000000000000';
const isNotNil = (id: string): boolean => id !== NIL_UUID;

/** Databases export missing values as null. */
const optional = <Type extends z.ZodType>(type: Type): z.ZodOptional<z.ZodNullable<Type>> => type.nullable().optional();

const line = z.strictObject(
  {
    id: optional(
      text.refine(isUuid, 'must be a UUID; leave it out to get a new one').refine(isNotNil, 'must not be the nil UUID'),
    ),
    email: text.transform(
      (value, context) => normalizeEmailAddress(value) ?? refuse(context, 'is not an email address'),
    ),
    emailVerified: optional(z.union([boolean, instant], 'must be true, false, or an instant')),
    passwordHash: optional(
      text.transform((hash, context) => {
        const problem = importProblem(hash);
        return problem === undefined ? toStoredHash(hash) : refuse(context, problem);
      }),
    ),
    firstName: optional(text),
    lastName: optional(text),
    displayName: optional(text),
    avatarUrl: optional(text),
    locale: optional(text),
    roles: optional(z.array(text, 'must be a list of strings')),
    active: optional(boolean),
    createdAt: optional(instant),
    lastLoginAt: optional(instant),
    publicMetadata: z.unknown().optional(),
    privateMetadata: z.unknown().optional(),
    preferences: z.unknown().optional(),
  },
  'is not a JSON object',
);

function refuse(context: z.core.$RefinementCtx, message: string): never {
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
}

/** Reads one line of an import. The checks are those of the application. */
export function readImportLine(json: string, now: Date, checks: MetadataChecks): ImportedUser | LineProblem {
  const value = parseJson(json);
  const { data, error } = line.safeParse(value);
  if (error) return { email: addressIn(value), ...problemOf(error.issues, value) };
  const future = (['createdAt', 'lastLoginAt', 'emailVerified'] as const).find((field) => isAfter(data[field], now));
  if (future) return { email: data.email, field: future, problem: 'is in the future' };
  try {
    return toUser(data, now, checks);
  } catch (problem) {
    if (!(problem instanceof InvalidInputError)) throw problem;
    return { email: data.email, field: problem.field, problem: problem.message };
  }
}

export function isProblem(read: ImportedUser | LineProblem): read is LineProblem {
  return 'problem' in read;
}

function isAfter(value: unknown, now: Date): boolean {
  return value instanceof Date && value > now;
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

/** The address helps to find the user in the other system. */
function addressIn(value: unknown): string | null {
  const { email } = (value ?? {}) as { email?: unknown };
  return typeof email === 'string' ? (normalizeEmailAddress(email) ?? null) : null;
}

function problemOf([issue]: readonly z.core.$ZodIssue[], value: unknown): Pick<LineProblem, 'field' | 'problem'> {
  if (issue?.code === 'unrecognized_keys') {
    const [field = ''] = issue.keys;
    return { field: field.slice(0, 64), problem: 'is not a field' };
  }
  const [field] = issue?.path ?? [];
  if (field === 'email' && !Object.hasOwn(value as object, field)) return { field, problem: 'is missing' };
  return { field: field === undefined ? null : String(field), problem: issue?.message ?? '' };
}

function toUser(data: z.output<typeof line>, now: Date, checks: MetadataChecks): ImportedUser {
  const createdAt = data.createdAt ?? now;
  const { emailVerified } = data;
  return {
    id: data.id?.toLowerCase() ?? null,
    email: data.email,
    passwordHash: data.passwordHash ?? null,
    firstName: normalizeName('firstName', data.firstName),
    lastName: normalizeName('lastName', data.lastName),
    displayName: normalizeName('displayName', data.displayName),
    avatarUrl: normalizeAvatarUrl('avatarUrl', data.avatarUrl, ANY_HOST),
    locale: normalizeLocale('locale', data.locale),
    emailVerifiedAt: emailVerified instanceof Date ? emailVerified : emailVerified === true ? createdAt : null,
    active: data.active ?? true,
    createdAt,
    lastLoginAt: data.lastLoginAt ?? null,
    roles: normalizeRoles(data.roles ?? []),
    metadata: toMetadata(data, checks),
  };
}

function toMetadata(data: Readonly<Partial<Record<MetadataField, unknown>>>, checks: MetadataChecks): ImportedMetadata {
  const documents = (['publicMetadata', 'privateMetadata', 'preferences'] as const).flatMap((field) => {
    const { set } = readMetadataChange(field, data[field] ?? {}, checks[field]);
    return Object.keys(set).length === 0 ? [] : [[field, set]];
  });
  return Object.fromEntries(documents) as ImportedMetadata;
}
