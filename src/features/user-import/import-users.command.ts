import type { Command, CommandResult } from '../../platform/commands/command.js';
import { EXIT_CODES } from '../../platform/commands/exit-codes.js';
import { problemOfPath } from '../../platform/commands/path-problem.js';
import type { ImportOutcome, UserImportService } from './user-import.service.js';

export interface ImportUsersInput {
  readonly file: string;
  readonly dryRun?: boolean;
  readonly batch?: string;
  readonly onConflict?: 'skip' | 'fail';
  readonly restart?: boolean;
  readonly rejected?: string;
}

const STANDARD_INPUT = '-';
const BATCH = '1000';
const MAX_BATCH = 10_000;

export const importUsersCommand: Command<
  { readonly services: { readonly userImport: UserImportService } },
  ImportUsersInput
> = {
  name: 'users import',
  summary: 'Import users from a file with one JSON object on each line.',
  details:
    'Stores each batch in one transaction. If it is interrupted, the same command continues where it stopped. Lines that ' +
    'cannot be imported are listed in another file. Records no events and sends no emails. The guide on importing users ' +
    'describes the fields.',
  arguments: [
    {
      name: 'file',
      description: 'the file, or - for standard input, which cannot be continued',
      problemOf: problemOfPath,
    },
  ],
  options: [
    { name: 'dry-run', description: 'check every line, but store nothing' },
    {
      name: 'batch',
      value: 'lines',
      description: `the number of lines in a batch, 1 to ${String(MAX_BATCH)}; ${BATCH} by default`,
      problemOf: (text) => (isBatchSize(text) ? undefined : `must be a whole number from 1 to ${String(MAX_BATCH)}`),
    },
    {
      name: 'on-conflict',
      value: 'skip|fail',
      description: 'what to do if an address or id is taken: skip the line, or stop; skip by default',
      problemOf: (text) => (text === 'skip' || text === 'fail' ? undefined : 'must be skip or fail'),
    },
    { name: 'restart', description: 'start at the beginning, even if the file has been imported before' },
    {
      name: 'rejected',
      value: 'path',
      description:
        'where to list the lines that cannot be imported; by default, next to the file, with `.rejected.jsonl` after its ' +
        'name, or `.dry-run.jsonl` in a dry run',
      problemOf: problemOfPath,
    },
  ],
  example: 'users import users.jsonl --dry-run',
  run: async ({ services }, input, output) => {
    const { file, dryRun = false, batch = BATCH, onConflict = 'skip', restart = false } = input;
    const { openImportFile, openStandardInput } = await import('./import-file.js');
    const { RejectedFile } = await import('./rejected-file.js');
    const source = file === STANDARD_INPUT ? openStandardInput() : await openImportFile(file);
    const name = source.identity ? file : 'stdin';
    const rejectedPath = input.rejected ?? `${name}.${dryRun ? 'dry-run' : 'rejected'}.jsonl`;
    const rejected = new RejectedFile(rejectedPath, source.identity && file);
    const progress = await output.progress('Importing users', source.identity?.size ?? 0);
    try {
      const outcome = await services.userImport.import(source, {
        ...{ batchSize: Number(batch), onConflict, dryRun, restart },
        rejectedLines: rejected,
        onProgress: (bytes) => progress.update(bytes),
      });
      return report(outcome, rejectedPath, dryRun);
    } finally {
      progress.stop();
      await rejected.close();
    }
  },
};

function isBatchSize(text: string): boolean {
  return /^[1-9]\d{0,4}$/.test(text) && Number(text) <= MAX_BATCH;
}

/** @param file where the rejected lines are listed */
function report(outcome: ImportOutcome, file: string, dryRun: boolean): CommandResult {
  const { line, imported, skipped, rejected, unlisted } = outcome;
  const hasList = rejected > unlisted;
  const sentences = [
    ...(outcome.wasFinished ? ['This file has been imported before; use --restart to import it again.'] : []),
    `${counted(imported, 'user')} ${dryRun ? 'can be imported' : imported === 1 ? 'was imported' : 'were imported'}.`,
    ...(skipped === 0 ? [] : [`${counted(skipped, 'line')} skipped, because the address or id is taken.`]),
    ...(rejected === 0 ? [] : [`${counted(rejected, 'line')} rejected${hasList ? `; see ${file}` : ''}.`]),
    ...(unlisted === 0
      ? []
      : [`${String(unlisted)} of them can be imported by now, and are not listed; use --restart.`]),
  ];
  return {
    text: sentences.join('\n'),
    json: {
      lines: line,
      imported,
      skipped,
      rejected,
      rejectedLines: hasList ? file : null,
      dryRun,
      wasFinished: outcome.wasFinished,
    },
    exitCode: rejected === 0 ? EXIT_CODES.done : EXIT_CODES.doneInPart,
  };
}

function counted(count: number, noun: string): string {
  return `${String(count)} ${noun}${count === 1 ? '' : 's'}`;
}
