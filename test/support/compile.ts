import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const COMPILER = fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url));
const OPTIONS = {
  ...{ module: 'NodeNext', target: 'ES2023', lib: ['ES2024'], types: ['node'] },
  ...{ strict: true, noEmit: true, skipLibCheck: false },
};

/** The compiler's output for a program in a user's project, and for the types of our installed packages. */
export async function compileIn(folder: string, program: string): Promise<string[]> {
  await writeFile(join(folder, 'program.ts'), program);
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: OPTIONS, files: ['program.ts'] }));
  const output = await new Promise<string>((resolve) => {
    execFile(process.execPath, [COMPILER, '-p', folder, '--pretty', 'false'], { cwd: folder }, (_error, stdout) =>
      resolve(stdout),
    );
  });
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  return lines.filter((line) => !/^(\s|node_modules\/(?!(@auth-subgraph|auth-subgraph)\/))/.test(line));
}
