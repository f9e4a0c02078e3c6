import { timingSafeEqual } from 'node:crypto';

/** A hash that another system made, by an algorithm other than bcrypt. */
export interface ForeignHash {
  matches(password: string): Promise<boolean>;
}

export interface UnusableHash {
  /** Why no password can be compared with it, as the rest of a sentence. */
  readonly problem: string;
}

const INTEGER = /^[1-9]\d{0,9}$/;

/** Reads whole numbers from 1. Returns `undefined` if one is missing or malformed, or if there are other parameters. */
export function readNumbers<Name extends string>(
  parameters: Readonly<Record<string, string>>,
  names: readonly Name[],
): Readonly<Record<Name, number>> | undefined {
  const isComplete = names.every((name) => INTEGER.test(parameters[name] ?? ''));
  if (!isComplete || Object.keys(parameters).length !== names.length) return undefined;
  return Object.fromEntries(names.map((name) => [name, Number(parameters[name])])) as Record<Name, number>;
}

export function malformed(parameters: string): UnusableHash {
  return { problem: `is malformed; its parameters must be ${parameters}` };
}

export function tooCostly(limits: string): UnusableHash {
  return { problem: `is too costly to verify; at most ${limits} are allowed` };
}

export function equalBytes(one: Buffer, other: Buffer): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}
