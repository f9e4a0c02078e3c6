import type { Command, CommandOutput } from '../../platform/commands/command.js';
import { problemOfPath } from '../../platform/commands/path-problem.js';
import type { ExportOptions, UserExportService } from './user-export.service.js';

export interface ExportUsersInput {
  readonly output?: string;
  readonly withPasswordHashes?: boolean;
}

export const exportUsersCommand: Command<
  { readonly services: { readonly userExport: UserExportService } },
  ExportUsersInput
> = {
  name: 'users export',
  summary: 'Export all users, one JSON object on each line.',
  details:
    'Writes the format that `users import` reads, as of one instant. Sessions and tokens are never exported. Password hashes ' +
    'are exported only on request, and only into a file, which its owner alone can read.',
  options: [
    {
      name: 'output',
      value: 'file',
      description: 'the file to write, instead of standard output',
      problemOf: problemOfPath,
    },
    { name: 'with-password-hashes', description: 'include the password hashes; requires --output' },
  ],
  example: 'users export --output users.jsonl',
  problemOf: ({ output, withPasswordHashes }) =>
    withPasswordHashes === true && output === undefined ? '--with-password-hashes requires --output' : undefined,
  run: async ({ services: { userExport } }, { output: file, withPasswordHashes = false }, output) => {
    if (file === undefined) {
      await userExport.export({ withPasswordHashes, write: (lines) => output.write(lines.join('\n')) });
      return undefined;
    }
    const { writePrivateFile } = await import('./private-file.js');
    const count = await writePrivateFile(file, async (write) => {
      const options = { withPasswordHashes, write: (lines: readonly string[]) => write(`${lines.join('\n')}\n`) };
      return withProgress(userExport, options, output);
    });
    const text = `${String(count)} ${count === 1 ? 'user was' : 'users were'} exported to ${file}.`;
    return { text, json: { exported: count, file } };
  },
};

async function withProgress(
  userExport: UserExportService,
  { write, ...options }: ExportOptions,
  output: CommandOutput,
): Promise<number> {
  const progress = await output.progress('Exporting users', await userExport.estimateCount());
  let done = 0;
  try {
    return await userExport.export({
      ...options,
      write: async (lines) => {
        await write(lines);
        progress.update((done += lines.length));
      },
    });
  } finally {
    progress.stop();
  }
}
