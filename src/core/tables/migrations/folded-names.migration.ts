import { Migration } from '@mikro-orm/migrations';

const KEYS = { name_key: 201, sort_name_key: 201, display_name_key: 100 };

const IGNORED = String.raw`[\u00AD\u061C\u115F\u1160\u180E\u200B-\u200F\u202A-\u202E\u2060-\u206F]`;
const DASHES = String.raw`[\u058A\u05BE\u1400\u1806\u2010-\u2015\u2212\u2E3A\u2E3B\u301C\u3030]`;
const MORE_LETTERS = [
  ['ß', 'ss'],
  ['æ', 'ae'],
  ['œ', 'oe'],
  ['þ', 'th'],
] as const;
/** Characters, and what each of them becomes. */
const ONE_BY_ONE = ['øłđðħŧı‘’‛ʹʻʼʽ′׳“”„‟״', `olddhti'''''''''"""""`] as const;

/**
 * What users are found by is folded further, as in every search from now on: letters without a decomposition, apostrophes and
 * dashes, and characters that nobody sees.
 */
export class FoldedNamesMigration extends Migration {
  override up(): void {
    const folded = Object.entries(KEYS).map(([key, length]) => `"${key}" = ${foldedKey(key, length)}`);
    const affected = `[${[...MORE_LETTERS.map(([letter]) => letter), ONE_BY_ONE[0]].join('')}]|${IGNORED}|${DASHES}`;
    const isAffected = Object.keys(KEYS).map((key) => `"${key}" ~ '${affected}'`);
    this.addSql(`update "auth_user" set ${folded.join(', ')} where ${isAffected.join(' or ')}`);
    // These had become spaces. Housekeeping fills the keys in again.
    this.forget(String.raw`[´\uFEFF]`);
  }

  override down(): void {
    // Housekeeping of the earlier release fills them in again.
    this.forget(String.raw`[^\u0001-\u007F]`);
  }

  private forget(pattern: string): void {
    const assignments = Object.keys(KEYS).map((key) => `"${key}" = null`);
    this.addSql(
      `update "auth_user" set ${assignments.join(', ')} where concat(first_name, last_name, display_name) ~ '${pattern}'`,
    );
  }
}

function foldedKey(key: string, length: number): string {
  const [from, to] = ONE_BY_ONE;
  const letters = MORE_LETTERS.reduce((text, [letter, more]) => `replace(${text}, '${letter}', '${more}')`, `"${key}"`);
  const marks = `translate(${letters}, '${from}', '${to.replaceAll("'", "''")}')`;
  const visible = `regexp_replace(regexp_replace(${marks}, '${DASHES}', '-', 'g'), '${IGNORED}', '', 'g')`;
  return `left(btrim(regexp_replace(${visible}, ' +', ' ', 'g')), ${String(length)})`;
}
