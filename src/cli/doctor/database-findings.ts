import type { ServiceSettings } from '../../config/service-settings.js';
import { systemClock } from '../../platform/clock.js';
import { DatabaseSetupError } from '../../platform/database/database-setup.error.js';
import type { AuthSubgraph } from '../../subgraph.js';
import { databaseProblem } from '../database-problem.js';
import { failure, ok, warning, type Finding } from './finding.js';

const OLDEST_POSTGRESQL = 15;
const MAX_CLOCK_SECONDS = 2;
/** For background work and for counting calls, in addition to `database.poolSize`. */
const FURTHER_CONNECTIONS = 5;
const MAX_WAIT_SECONDS = 60;
const FEW_SESSIONS = 20;

/**
 * Checks the database and what is in it.
 * @param databaseUrl the value of DATABASE_URL, for the message if the database cannot be used
 */
export async function databaseFindings(
  auth: AuthSubgraph,
  settings: ServiceSettings,
  databaseUrl: string | undefined,
): Promise<Finding[]> {
  try {
    return await findings(auth, settings);
  } catch (error) {
    const problem = error instanceof DatabaseSetupError ? error : await databaseProblem(error, databaseUrl);
    if (!problem) throw error;
    return [failure('database', problem.message)];
  }
}

async function findings(auth: AuthSubgraph, settings: ServiceSettings): Promise<Finding[]> {
  const { diagnosis } = auth.services;
  const facts = await diagnosis.inspectDatabase();
  const server = [
    versionFinding(facts.version),
    clockFinding(facts.secondsAhead),
    connectionsFinding(settings, facts.maxConnections),
    durabilityFinding(facts.unsafeSettings),
  ];
  const missing = await diagnosis.findMissingPrivileges();
  if (missing !== undefined) return [...server, failure('privileges', missing)];
  const privileges = ok('privileges', 'The role may use all tables.');
  if (await auth.hasPendingMigrations())
    return [...server, privileges, failure('migrations', 'The schema is not up to date. Run `auth-subgraph migrate`.')];
  const migrations = ok('migrations', 'The schema is up to date.');
  return [...server, privileges, migrations, ...(await tableFindings(auth, settings))];
}

function versionFinding(version: string): Finding {
  const detail = `PostgreSQL ${version}`;
  if (Number.parseInt(version, 10) >= OLDEST_POSTGRESQL) return ok('database', detail);
  return failure('database', `${detail} is too old. Use PostgreSQL ${String(OLDEST_POSTGRESQL)} or newer.`);
}

function clockFinding(secondsAhead: number): Finding {
  const detail = `The clock of the database differs by ${Math.abs(secondsAhead).toFixed(1)} s.`;
  if (Math.abs(secondsAhead) <= MAX_CLOCK_SECONDS) return ok('clock', detail);
  return warning('clock', `${detail} Synchronise the clocks of both machines, for example with NTP.`);
}

function connectionsFinding({ database }: ServiceSettings, available: number): Finding {
  const perProcess = database.poolSize + FURTHER_CONNECTIONS;
  const processes = Math.floor(available / perProcess);
  const detail = `A process opens up to ${String(perProcess)} of ${String(available)} connections: enough for ${String(processes)} processes.`;
  if (processes >= 2) return ok('connections', detail);
  const remedy = 'Lower DATABASE_POOL_SIZE, raise the limit of the role, the database or the server, or use PgBouncer.';
  return warning('connections', `${detail} ${remedy}`);
}

function durabilityFinding(unsafe: readonly string[]): Finding {
  if (unsafe.length === 0) return ok('durability', 'A crash of PostgreSQL loses nothing that was acknowledged.');
  const detail = `Settings of PostgreSQL that are off: ${unsafe.join(', ')}.`;
  return warning('durability', `${detail} A crash can lose what was acknowledged. Switch them on.`);
}

async function tableFindings(auth: AuthSubgraph, { trustedHops }: ServiceSettings): Promise<Finding[]> {
  const facts = await auth.services.diagnosis.inspectTables();
  const parked = await auth.deliveries.countParked();
  const age = facts.oldestEventAt ? (systemClock.now().getTime() - facts.oldestEventAt.getTime()) / 1000 : 0;
  const overdue = await auth.deliveries.oldestDueSeconds();
  const waits = `The oldest event has waited for ${inSeconds(age)}, the oldest delivery that is due for ${inSeconds(overdue)}.`;
  const foreign = `${facts.isEstimate ? 'about ' : ''}${String(facts.foreignHashes)}`;
  const hashes = `Accounts with a password hash of another system: ${foreign}.`;
  return [
    Math.max(age, overdue) <= MAX_WAIT_SECONDS
      ? ok('events', waits)
      : warning(
          'events',
          `${waits} Check that the service is running, and whether a listener or the mail server is slow.`,
        ),
    parked === 0
      ? ok('deliveries', 'No delivery has been given up.')
      : warning(
          'deliveries',
          `Deliveries that have been given up: ${String(parked)}. Run \`auth-subgraph events failed\`.`,
        ),
    facts.overdueErasures === 0
      ? ok('erasures', 'No closed account is overdue for erasure.')
      : warning(
          'erasures',
          `Closed accounts that should have been erased: ${String(facts.overdueErasures)}. Check that the service is running, and look for \`an account could not be erased\` in its log.`,
        ),
    ok('password hashes', facts.foreignHashes === 0 ? hashes : `${hashes} Each is replaced when its user signs in.`),
    serviceKeysFinding(facts.oldServiceKeys),
    addressFinding(facts, trustedHops),
  ];
}

function inSeconds(seconds: number): string {
  return `${String(Math.max(0, Math.round(seconds)))} s`;
}

function serviceKeysFinding(old: number): Finding {
  const check = 'service keys';
  if (old === 0) return ok(check, 'No key of a service account is older than a year.');
  const detail = `Keys of service accounts that are older than a year: ${String(old)}.`;
  return warning(check, `${detail} Replace them; \`auth-subgraph services list\` shows them.`);
}

function addressFinding(
  { recentSessions, recentAddresses }: { recentSessions: number; recentAddresses: number },
  trustedHops: number,
): Finding {
  const check = 'client addresses';
  if (recentSessions < FEW_SESSIONS) return ok(check, 'There are too few sessions to tell.');
  const detail = `The latest ${String(recentSessions)} sessions have ${String(recentAddresses)} client addresses.`;
  if (recentAddresses > 1) return ok(check, detail);
  return warning(check, `${detail} Set TRUSTED_HOPS to the number of proxies; it is ${String(trustedHops)}.`);
}
