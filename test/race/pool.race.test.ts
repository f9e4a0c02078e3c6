import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { EntityManager, MikroORM } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import type { Pool } from 'pg';
import { REQUEST_LIMITS, type ConnectionLimits } from '../../src/platform/database/connection-settings.js';
import { TABLES } from '../../src/features.js';
import { connect, forkEntityManager } from '../../src/platform/database/orm.js';
import { UnitOfWork } from '../../src/platform/database/unit-of-work.js';
import { openGate, type Gate } from '../support/database-gate.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { until } from '../support/until.js';

const POOL_SIZE = 2;
/** One more than there are connections: if each failure lost one, none would be left for the last. */
const FAILURES = POOL_SIZE + 1;

let database: TestDatabase;
let gate: Gate;
beforeAll(async () => {
  database = await createTestDatabase({ empty: true });
  await database.sql('create table counter as select id, 0 as count from generate_series(1, 2) id');
  await database.sql('create table late (id int unique deferrable initially deferred)');
  gate = await openGate(database.url);
});
afterAll(async () => {
  for (const orm of open) await orm.close();
  await database.drop();
});
beforeEach(() => gate.release());

const open: MikroORM[] = [];

async function openPool(limits: ConnectionLimits = REQUEST_LIMITS): Promise<{ orm: MikroORM; pool: Pool }> {
  const orm = connect({ url: gate.url, poolSize: POOL_SIZE, tables: TABLES }, { limits });
  open.push(orm);
  return { orm, pool: await orm.em.getConnection().getNativeClient() };
}

const raise = (em: EntityManager, id = 1): Promise<unknown> =>
  sql`update counter set count = count + 1 where id = ${id}`.execute(em.getKysely());
const pidOf = async (em: EntityManager): Promise<number> => {
  const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(em.getKysely());
  return rows[0]!.pid;
};
const kill = (pid: number): Promise<unknown> => database.sql('select pg_terminate_backend($1)', [pid]);

/** No connection is in use, and every slot can be used at once. */
async function expectWhole({ orm, pool }: { orm: MikroORM; pool: Pool }): Promise<void> {
  gate.release();
  await until(() => pool.totalCount === pool.idleCount, 'every connection to be free');
  expect(pool.waitingCount).toBe(0);
  let begun = 0;
  const allHaveBegun = Promise.withResolvers<undefined>();
  const transactions = Array.from({ length: POOL_SIZE }, async () => {
    const em = forkEntityManager(orm);
    await new UnitOfWork(em).transaction(async () => {
      begun += 1;
      if (begun === POOL_SIZE) allHaveBegun.resolve(undefined);
      await allHaveBegun.promise;
      await pidOf(em);
    });
  });
  await Promise.all(transactions);
  expect(pool.totalCount).toBe(POOL_SIZE);
}

type Work = (em: EntityManager) => Promise<unknown>;

/** Has a transaction fail more often than there are connections, and shows that none was lost. */
async function expectHealed(work: Work, { limits, trap }: { limits?: ConnectionLimits; trap?: () => void } = {}) {
  const opened = await openPool(limits);
  let runs = 0;
  const errors: unknown[] = [];
  for (let turn = 0; turn < FAILURES; turn += 1) {
    gate.release();
    const em = forkEntityManager(opened.orm);
    // A connection from before the trap, so that the statement is what fails.
    await pidOf(em);
    trap?.();
    const failing = new UnitOfWork(em).transaction(async () => {
      runs += 1;
      await work(em);
    });
    errors.push(
      await failing.then(
        () => undefined,
        (error: unknown) => error,
      ),
    );
  }
  await expectWhole(opened);
  expect(errors).not.toContain(undefined);
  return { runs, errors: errors as (Error & { code?: string; reason?: string })[] };
}

const SHORT: ConnectionLimits = {
  settings: [
    ['lock_timeout', '100ms'],
    ['statement_timeout', '1s'],
  ],
  queryTimeoutMs: 5_000,
};
/** Long enough for transactions that wait for each other on a busy machine. */
const IDLE_SHORT: ConnectionLimits = {
  ...SHORT,
  settings: [['idle_in_transaction_session_timeout', '2s']],
};
/** A driver that gives up while the server goes on, but not on the short statements of a busy machine. */
const IMPATIENT: ConnectionLimits = { settings: [['statement_timeout', '0']], queryTimeoutMs: 5_000 };

describe('no connection is lost when', () => {
  test('BEGIN fails', async () => {
    const { runs } = await expectHealed((em) => raise(em), { trap: () => gate.trap(/start transaction/, 'cut') });
    expect(runs).toBe(0);
  });

  test('BEGIN gets no response', async () => {
    await expectHealed((em) => raise(em), { limits: IMPATIENT, trap: () => gate.trap(/start transaction/, 'hold') });
  });

  test('COMMIT fails, and the work is not retried, because it may have been committed', async () => {
    const { runs, errors } = await expectHealed((em) => raise(em), { trap: () => gate.trap(/commit(?!ted)/, 'cut') });
    expect(runs).toBe(FAILURES);
    expect(errors.map(({ reason }) => reason)).toEqual(Array(FAILURES).fill('unreachable'));
  });

  test('COMMIT is rejected', async () => {
    const { errors } = await expectHealed((em) => sql`insert into late values (1), (1)`.execute(em.getKysely()));
    expect(errors.map(({ code }) => code)).toEqual(Array(FAILURES).fill('23505'));
  });

  test.each(['cut', 'hold'] as const)('ROLLBACK fails: %s', async (does) => {
    const failing = async (em: EntityManager): Promise<void> => {
      await raise(em);
      throw new RangeError('no more');
    };
    const { errors } = await expectHealed(failing, { limits: IMPATIENT, trap: () => gate.trap(/rollback/, does) });
    expect(errors.every((error) => error instanceof RangeError)).toBe(true);
  });

  test.each(['savepoint', 'rollback to', 'release'])('%s fails', async (statement) => {
    const nested = async (em: EntityManager): Promise<void> => {
      await new UnitOfWork(em).transaction(async () => {
        await raise(em);
        if (statement === 'rollback to') throw new RangeError('no more');
      });
    };
    await expectHealed(nested, { trap: () => gate.trap(new RegExp(statement), 'cut') });
  });

  test('the server closes the connection during a statement', async () => {
    await expectHealed(async (em) => {
      const pid = await pidOf(em);
      const sleeping = sql`select pg_sleep(30)`.execute(em.getKysely());
      sleeping.catch(() => undefined);
      await until(async () => {
        const [row] = await database.sql('select wait_event from pg_stat_activity where pid = $1', [pid]);
        return row?.['wait_event'] === 'PgSleep';
      }, 'the statement');
      await kill(pid);
      await sleeping;
    });
  });

  test('the server closes the connection between two statements', async () => {
    await expectHealed(async (em) => {
      await raise(em);
      await kill(await pidOf(em));
      await raise(em);
    });
  });

  test('a transaction is idle for too long', async () => {
    const { errors } = await expectHealed(
      async (em) => {
        const pid = await pidOf(em);
        await until(
          async () => (await database.sql('select from pg_stat_activity where pid = $1', [pid])).length === 0,
          'the end',
        );
        await raise(em);
      },
      { limits: IDLE_SHORT },
    );
    expect(errors.every(({ name }) => name === 'DatabaseUnavailableError')).toBe(true);
  });

  test('a statement exceeds the timeout of the server', async () => {
    const { errors } = await expectHealed((em) => sql`select pg_sleep(30)`.execute(em.getKysely()), { limits: SHORT });
    expect(errors.map(({ reason, code }) => [reason, code])).toEqual(Array(FAILURES).fill(['overloaded', '57014']));
  });

  test('a statement waits too long for a lock', async () => {
    const release = await database.lock('counter');
    const { errors } = await expectHealed((em) => raise(em), { limits: SHORT });
    await release();
    expect(errors.map(({ reason, code }) => [reason, code])).toEqual(Array(FAILURES).fill(['overloaded', '55P03']));
  });

  test('a statement exceeds the timeout of the driver', async () => {
    await expectHealed((em) => sql`select pg_sleep(30)`.execute(em.getKysely()), { limits: IMPATIENT });
  });

  test('an error thrown by the work loses no connection', async () => {
    const { runs } = await expectHealed(() => Promise.reject(new RangeError('no more')));
    expect(runs).toBe(FAILURES);
  });

  test.each(['40P01', '40001'])('the work is retried after %s until the attempts run out', async (code) => {
    const failing = sql`do ${sql.raw(`$$ begin raise exception 'again' using errcode = '${code}'; end $$`)}`;
    const { runs } = await expectHealed((em) => failing.execute(em.getKysely()));
    expect(runs).toBe(5 * FAILURES);
  });
});

test('the connection of an abandoned statement outside a transaction does not return to the pool', async () => {
  const opened = await openPool(IMPATIENT);
  const em = forkEntityManager(opened.orm);
  const sleeps = Array.from({ length: FAILURES }, () => sql`select pg_sleep(30)`.execute(em.getKysely()));
  for (const { status } of await Promise.allSettled(sleeps)) expect(status).toBe('rejected');
  await expectWhole(opened);
});

test('work inside a transaction is not retried separately', async () => {
  const em = forkEntityManager((await openPool()).orm);
  const runs = { outer: 0, inner: 0 };
  await new UnitOfWork(em).transaction(async () => {
    runs.outer += 1;
    await new UnitOfWork(em).transaction(async () => {
      runs.inner += 1;
      const code = runs.inner === 1 ? '40001' : '00000';
      await sql`do ${sql.raw(`$$ begin if '${code}' <> '00000' then raise exception 'again' using errcode = '${code}'; end if; end $$`)}`.execute(
        em.getKysely(),
      );
    });
  });
  expect(runs).toEqual({ outer: 2, inner: 2 });
});
