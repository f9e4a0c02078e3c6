/** The entries of a text such as `a, b`, without the white space around them. */
export function commaList(text: string): string[] {
  return text.split(',').map((entry) => entry.trim());
}
