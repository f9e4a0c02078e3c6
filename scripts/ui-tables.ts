import { readFileSync } from 'node:fs';

const ROOT = new URL('../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, ROOT), 'utf8');
const code = (text: string): string => `\`${text}\``;

/** The options of `AuthUi` with their comments, header first. */
export function uiOptionRows(): string[][] {
  const [, declared = ''] =
    /interface AuthUiProps \{\n([\s\S]*?)\n\}/.exec(read('packages/ui/src/provider/auth-ui.tsx')) ?? [];
  const options = [...declared.matchAll(/ {2}\/\*\*([\s\S]*?)\*\/\s+readonly (\w+)\?/g)];
  return [
    ['Option', 'Default', 'Meaning'],
    ...options.map(([, comment = '', name = '']) => {
      const lines = comment.split('\n').map((line) => line.replace(/^\s*\* ?/, '').trim());
      const text = lines.filter((line) => line !== '').join(' ');
      const [meaning = '', value = ''] = text.split('@default');
      return [code(name), value.trim(), meaning.trim()];
    }),
  ];
}

/** The variables of the stylesheet with their values, header first. */
export function uiVariableRows(): string[][] {
  const variables = read('packages/ui/styles.css').matchAll(/^ {4}(--auth-[\w-]+): (.*);$/gm);
  return [['Variable', 'Default'], ...[...variables].map(([, name = '', value = '']) => [code(name), code(value)])];
}
