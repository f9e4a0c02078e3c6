/** What is wrong with a path; `undefined` if it can name a file. A shell passes an empty one for an unset variable. */
export function problemOfPath(text: string): string | undefined {
  return text === '' ? 'must be the path of a file' : undefined;
}
