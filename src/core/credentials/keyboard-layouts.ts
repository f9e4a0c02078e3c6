/** What three rows of keys type in the layout of the United States. */
const LATIN = "qwertyuiop[]asdfghjkl;'zxcvbnm,./";
/** What they type in Russian, Ukrainian, Greek, Arabic and Hebrew layouts. A space stands for a key without one letter. */
const OTHERS = [
  'йцукенгшщзхъфывапролджэячсмитьбю ',
  'йцукенгшщзхїфівапролджєячсмитьбю ',
  ' ςερτυθιοπ  ασδφγηξκλ  ζχψωβνμ   ',
  'ضصثقفغعهخحجدشسيبلاتنمكطئءؤر ىةوزظ',
  '  קראטוןםפ  שדגכעיחלךף זסבהנמצתץ ',
];

const KEYS: ReadonlyMap<string, string> = new Map(
  OTHERS.flatMap((layout) =>
    Array.from(layout, (letter, key): [string, string] => [letter, LATIN.charAt(key)]).filter(
      ([letter]) => letter !== ' ',
    ),
  ),
);

/** What the keys of a text type in the layout of the United States. Other characters stay as they are. */
export function inLatinLayout(text: string): string {
  return Array.from(text, (letter) => KEYS.get(letter.toLowerCase()) ?? letter).join('');
}
