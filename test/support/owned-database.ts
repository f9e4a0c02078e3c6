import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll } from '@jest/globals';
import pg from 'pg';
import { adminUrl, dropDatabase, runSql } from './database.js';
import { until } from './until.js';

/** A database and the role that owns it, as an operator creates them: not a superuser. */
export interface OwnedDatabase {
  readonly name: string;
  /** The owner's name is that of the database. */
  readonly url: string;
  urlOf(role: string): string;
  /** Runs statements in it as a superuser. */
  admin<Row extends object = Record<string, unknown>>(text: string): Promise<Row[]>;
  /** Keeps a transaction with one statement open while the work runs, until another statement has waited for it. */
  holdingBack<T>(statement: string, work: () => Promise<T>, waitMs?: number): Promise<T>;
  /** Another role without privileges, with the owner's password. */
  addRole(suffix: string): Promise<string>;
  /** Closes the connections, so that new ones start with the current defaults. */
  endConnections(): Promise<void>;
}

const PASSWORD = 'of-a-test';

// A role can be dropped once it owns nothing in any database.
const databases: (() => Promise<unknown>)[] = [];
const roles: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const drop of [...databases, ...roles]) await drop();
});

/** A fresh, empty database with its own owner. Dropped after the tests of the file, if its server outlives them. */
export async function createOwnedDatabase(clauses = '', server: string = adminUrl()): Promise<OwnedDatabase> {
  const name = `auth_own_${randomBytes(6).toString('hex')}`;
  const addRole = async (role: string): Promise<string> => {
    await runSql(server, `create role "${role}" login password '${PASSWORD}'`);
    if (server === adminUrl()) roles.push(() => runSql(server, `drop role "${role}"`));
    return role;
  };
  await addRole(name);
  await runSql(server, `create database ${name} owner ${name} template template0 ${clauses}`);
  if (server === adminUrl()) databases.push(() => dropDatabase(name));
  const urlOf = (role: string): string =>
    Object.assign(new URL(server), { pathname: `/${name}`, username: role, password: PASSWORD }).href;
  const inDatabase = Object.assign(new URL(server), { pathname: `/${name}` }).href;
  return {
    name,
    url: urlOf(name),
    urlOf,
    admin: (text) => runSql(inDatabase, text),
    async holdingBack(statement, work, waitMs = 0) {
      const client = new pg.Client({ connectionString: inDatabase });
      await client.connect();
      try {
        await client.query('begin');
        await client.query(statement);
        const working = work();
        const waiting = `select from pg_stat_activity where datname = '${name}' and wait_event_type = 'Lock'`;
        await until(async () => (await runSql(server, waiting)).length > 0, 'a statement that waits');
        await delay(waitMs);
        await client.query('commit');
        return await working;
      } finally {
        await client.end();
      }
    },
    addRole: (suffix) => addRole(`${name}_${suffix}`),
    endConnections: async () => {
      await runSql(server, `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`);
    },
  };
}
