import { parseFlags, readNumber, UsageError } from '../workload/flags.js';
import { OPERATIONS } from './operations/exchanges.js';

/** Measured unless `--only` says otherwise. */
export const USUAL = [...OPERATIONS, 'startup', 'idle'] as const;
/** Measured only if `--only` names them. */
export const SPECIAL = ['storm', 'enumeration', 'verification', 'revocations'] as const;
export const PARTS = [...USUAL, ...SPECIAL] as const;

export type Part = (typeof PARTS)[number];

export interface Options {
  readonly parts: ReadonlySet<Part>;
  readonly rounds: number;
  /** The length of one round. */
  readonly seconds: number;
  /** For `me`; undefined for the usual number. */
  readonly connections: readonly number[] | undefined;
  /** How many clients of `me` stay connected, in comparison with the usual number. */
  readonly clients: number | undefined;
  /** What is compared; undefined for the floors and for what a user could choose instead. */
  readonly mode: Mode | undefined;
  readonly idleSeconds: number;
  readonly starts: number;
  readonly allowNoise: boolean;
  readonly json: boolean;
  readonly help: boolean;
}

export type Mode =
  | { readonly kind: 'revision'; readonly revision: string }
  | { readonly kind: 'pgbouncer' }
  | { readonly kind: 'metrics' }
  | { readonly kind: 'processes'; readonly processes: number };

export const FLAGS = {
  only: { type: 'string' },
  rounds: { type: 'string', default: '5' },
  seconds: { type: 'string', default: '1' },
  connections: { type: 'string' },
  clients: { type: 'string' },
  compare: { type: 'string' },
  pgbouncer: { type: 'boolean', default: false },
  metrics: { type: 'boolean', default: false },
  processes: { type: 'string' },
  'idle-seconds': { type: 'string', default: '120' },
  starts: { type: 'string', default: '5' },
  'allow-noise': { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

type Values = ReturnType<typeof parseFlags<typeof FLAGS>>;

/** @throws UsageError an argument is unknown, out of range, or contradicts another */
export function readOptions(words: readonly string[]): Options {
  const values = parseFlags(words, FLAGS);
  return {
    parts: readParts(values.only),
    rounds: readNumber('rounds', values.rounds, 1, 50),
    seconds: readNumber('seconds', values.seconds, 0.1, 60, { isWhole: false }),
    connections: values.connections?.split(',').map((text) => readNumber('connections', text, 1, 5000)),
    clients: optional(values.clients, (text) => readNumber('clients', text, 51, 10_000)),
    mode: readMode(values),
    idleSeconds: readNumber('idle-seconds', values['idle-seconds'], 1, 600, { isWhole: false }),
    starts: readNumber('starts', values.starts, 1, 50),
    allowNoise: values['allow-noise'],
    json: values.json,
    help: values.help,
  };
}

function readParts(text: string | undefined): ReadonlySet<Part> {
  if (text === undefined) return new Set(USUAL);
  return new Set(
    text.split(',').map((name) => {
      const part = PARTS.find((one) => one === name.trim());
      if (part === undefined) throw new UsageError(`--only does not know "${name}"; it knows ${PARTS.join(', ')}`);
      return part;
    }),
  );
}

function readMode({ compare, pgbouncer, metrics, processes }: Values): Mode | undefined {
  const modes = [
    optional(compare, (revision): Mode => ({ kind: 'revision', revision })),
    pgbouncer ? ({ kind: 'pgbouncer' } as const) : undefined,
    metrics ? ({ kind: 'metrics' } as const) : undefined,
    optional(processes, (text): Mode => ({
      kind: 'processes',
      processes: readNumber('processes', text, 2, 16),
    })),
  ].filter((mode) => mode !== undefined);
  if (modes.length > 1) throw new UsageError('--compare, --pgbouncer, --metrics and --processes cannot be combined');
  return modes[0];
}

function optional<T>(text: string | undefined, read: (text: string) => T): T | undefined {
  return text === undefined ? undefined : read(text);
}
