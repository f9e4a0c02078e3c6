import { parseDurationSeconds } from '../../platform/options/duration.js';

/**
 * What the calls of an operation are counted by: the account or address that they name, the request origin, or both
 * together.
 */
export type RateLimitKey = 'account' | 'origin' | 'pair';

/** At most `points` calls with the same key in a window. */
export interface RateLimitRule {
  readonly key: RateLimitKey;
  readonly points: number;
  readonly windowSeconds: number;
}

export const MAX_WINDOW_SECONDS = 24 * 60 * 60;

const RULE = /^(account|origin|pair) ([1-9]\d{0,8})\/(\d[\d.]*[a-z]+)$/;
/** A rejected call is not counted by the keys that follow, so that one origin cannot use up the limit of an account. */
const ORDER: readonly RateLimitKey[] = ['origin', 'pair', 'account'];

/** Parses limits such as `origin 600/1m, pair 120/5m`, or `off`; returns undefined if they are invalid. */
export function parseRateLimit(text: string): readonly RateLimitRule[] | undefined {
  if (text === 'off') return [];
  const rules = text.split(',').map((part) => parseRule(part.trim()));
  const valid = rules.filter((rule) => rule !== undefined);
  const keys = new Set(valid.map(({ key }) => key));
  if (valid.length < rules.length || keys.size < rules.length) return undefined;
  return valid.toSorted((one, other) => ORDER.indexOf(one.key) - ORDER.indexOf(other.key));
}

function parseRule(text: string): RateLimitRule | undefined {
  const [, key, points, window = ''] = RULE.exec(text) ?? [];
  const windowSeconds = parseDurationSeconds(window);
  if (windowSeconds === undefined || windowSeconds > MAX_WINDOW_SECONDS) return undefined;
  return { key: key as RateLimitKey, points: Number(points), windowSeconds };
}
