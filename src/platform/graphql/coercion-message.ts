/** The start of a suggestion for a wrong name. Suggestions would reveal names of the schema to anyone who guesses. */
const SUGGESTION = ' Did you mean ';
/** Longer than any message of graphql-js about names of ordinary length. */
const MAX_CHARACTERS = 1_000;

/**
 * graphql-js quotes rejected values in its messages, and a value may be a password. This keeps its wording of what was
 * rejected and what was expected, but drops the value and any suggested names.
 */
export function withoutValues(text: string): string {
  const message = withoutSuggestion(text);
  for (const [pattern, rewrite] of REWRITES) {
    const match = pattern.exec(message);
    if (match) return shortened(rewrite(match));
  }
  return shortened(message);
}

/** No regular expression: a message may be as long as the request, and repeat the start of a suggestion many times. */
function withoutSuggestion(text: string): string {
  const start = text.endsWith('?') ? text.indexOf(SUGGESTION) : -1;
  return start === -1 ? text : text.slice(0, start);
}

/** A message may repeat a name of a megabyte. */
function shortened(message: string): string {
  return message.length > MAX_CHARACTERS ? `${message.slice(0, MAX_CHARACTERS)}…` : message;
}

const PLACE = / at "([\w.[\]]{1,200})"; /;

/** Message endings that contain only type and field names. Anchored to the end, and too narrow to match a value. */
const EXPECTATIONS = [
  /; (Field "\w{1,60}" of required type "[\w![\]]{1,80}" was not provided\.)$/,
  /; (Field "\w{1,60}" is not defined by type "\w{1,60}"\.)/,
  /; (Expected (?:non-nullable )?type "[\w![\]]{1,80}"(?: not to be null| to be an object)?\.)/,
  /; (\w{1,60} cannot represent an? [a-z -]{1,40} value)/,
] as const;

type Rewrite = (match: RegExpExecArray) => string;

const REWRITES: readonly (readonly [RegExp, Rewrite])[] = [
  [/^Maximum call stack size exceeded$/, () => 'Syntax Error: The document is nested too deeply.'],
  [/^Variable "(\$\w+)" got invalid value (.*)$/s, describeVariable],
  [/^(\w+ cannot represent (?:an? )?[a-z0-9 -]{1,60} value)\b.*$/s, ([, kept]) => `${String(kept)}.`],
  [/^(Argument "\w+" has) invalid value .*$/s, ([, kept]) => `${String(kept)} an invalid value.`],
  [/^(Enum "\w+" cannot represent non-(?:enum|string) value)\b.*$/s, ([, kept]) => `${String(kept)}.`],
  [/^Value ".*" (does not exist in "\w+" enum\.)$/s, ([, kept]) => `The value ${String(kept)}`],
  [/^(Expected value of type "[\w![\]]+"), found .*$/s, ([, kept]) => `${String(kept)}.`],
  [
    /^(Syntax Error: [^"]*(?:"[^"]{1,3}"[^"]*)?(?:String|BlockString|Int|Float)) ".*$/s,
    ([, kept]) => `${String(kept)}.`,
  ],
  [
    /^(Syntax Error: (?:Invalid|Unterminated|Cannot parse|Unexpected character)[\w -]*).*$/s,
    ([, kept]) => `${String(kept)}.`,
  ],
];

function describeVariable([, name, rest = '']: RegExpExecArray): string {
  const place = PLACE.exec(rest)?.[1];
  const expectation = EXPECTATIONS.map((pattern) => pattern.exec(rest)?.[1]).find((found) => found !== undefined);
  const where = place === undefined ? '' : ` at "${place}"`;
  return `Variable "${String(name)}" got an invalid value${where}${expectation === undefined ? '.' : `; ${expectation}`}`;
}
