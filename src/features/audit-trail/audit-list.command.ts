import { isCalendarDate } from '../../platform/calendar-date.js';
import { userProblem, uuidProblem } from '../../core/users/user-argument.js';
import type { Command, CommandOption } from '../../platform/commands/command.js';
import { textTable } from '../../platform/commands/text-table.js';
import type { TrailLine } from './trail-search.js';
import type { TrailSearchService } from './trail-search.service.js';

const LIMIT = '50';
const MAX_LIMIT = 1_000;
const INSTANT = /^(\d{4}-\d{2}-\d{2})(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2}))?$/;

export interface ListAuditInput {
  readonly user?: string;
  readonly actor?: string;
  readonly address?: string;
  readonly name?: readonly string[];
  readonly since?: string;
  readonly until?: string;
  readonly limit?: string;
  readonly after?: string;
}

function isInstant(text: string): boolean {
  const [, date] = INSTANT.exec(text) ?? [];
  return date !== undefined && isCalendarDate(date) && !Number.isNaN(Date.parse(text));
}

function instantOption(name: string, description: string): CommandOption {
  return {
    ...{ name, description, value: 'instant' },
    problemOf: (text) => (isInstant(text) ? undefined : 'must be a date or an instant such as 2026-11-24T08:30:00Z'),
  };
}

export const listAuditCommand: Command<
  { readonly services: { readonly trailSearch: TrailSearchService } },
  ListAuditInput
> = {
  name: 'audit list',
  summary: 'Search the audit trail, newest first.',
  details:
    'Without --user, --actor or --address, --name looks back 31 days. A date means the beginning of that day in UTC. ' +
    'Events of erased users are found by the id of the user.',
  options: [
    {
      ...{ name: 'user', value: 'user', problemOf: userProblem },
      description: 'only what happened to the account with this email address or id',
    },
    { name: 'actor', value: 'id', description: 'only what this user or program did', problemOf: uuidProblem },
    { name: 'address', value: 'ip', field: 'ipAddress', description: 'only what came from this client address' },
    {
      name: 'name',
      value: 'event',
      isVariadic: true,
      description: 'only events with these names, as the reference of events lists them',
    },
    instantOption('since', 'only events since then'),
    instantOption('until', 'only events before then'),
    {
      ...{ name: 'limit', value: 'count' },
      description: `how many, 1 to ${String(MAX_LIMIT)}; ${LIMIT} by default`,
      problemOf: (text) =>
        /^[1-9]\d{0,3}$/.test(text) && Number(text) <= MAX_LIMIT
          ? undefined
          : `must be a whole number from 1 to ${String(MAX_LIMIT)}`,
    },
    { name: 'after', value: 'id', description: 'continue after the event with this id', problemOf: uuidProblem },
  ],
  example: 'audit list --user ada@example.com --since 2026-11-01',
  run: async ({ services: { trailSearch } }, { user, actor, address, name, since, until, limit = LIMIT, after }) => {
    await requireKnown(name ?? [], trailSearch.eventNames);
    const filter = {
      userId: user === undefined ? undefined : await trailSearch.userIdOf(user),
      ...{ actorId: actor, ipAddress: address, names: name },
      ...{ since: toDate(since), until: toDate(until) },
    };
    const { events, hasMore } = await trailSearch.search(filter, { first: Number(limit), after: after?.toLowerCase() });
    const next = hasMore ? [`There are more: add --after ${String(events.at(-1)?.id)}`] : [];
    return { text: events.length === 0 ? 'No events found.' : [tableOf(events), ...next].join('\n'), json: events };
  },
};

/** A misspelled name would look as if nothing had happened. */
async function requireKnown(names: readonly string[], known: readonly string[]): Promise<void> {
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const { InvalidInputError } = await import('../../core/errors/errors.js');
  throw new InvalidInputError('name', `The audit trail has no event ${unknown}. Its events are ${known.join(', ')}.`);
}

function toDate(text: string | undefined): Date | undefined {
  return text === undefined ? undefined : new Date(text);
}

function actorOf({ kind, id }: TrailLine['actor']): string {
  return id === null ? kind : `${kind} ${id}`;
}

function tableOf(lines: readonly TrailLine[]): string {
  const rows = lines.map(({ occurredAt, name, userId, actor, ipAddress, details }) => [
    ...[occurredAt.toISOString(), name, userId ?? '-', actorOf(actor), ipAddress ?? '-'],
    details === null ? '-' : JSON.stringify(details),
  ]);
  return textTable([['time', 'event', 'user', 'actor', 'address', 'details'], ...rows]);
}
