import { beforeAll, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import type { Core } from '../../src/core/composition/core.js';
import type { Feature } from '../../src/core/composition/feature.js';
import { FEATURES } from '../../src/features.js';
import { statement, type NonEmpty } from '../../src/platform/database/statement.js';
import type { SignedIn } from '../support/graphql-client.js';
import { createTestApp, type TestApp } from '../support/test-app.js';

const NAMES = statement<{ name: string | null }, { ids: readonly string[] }>(
  ({ ids }) => sql`
    select u.first_name as name from unnest(${ids}::uuid[]) with ordinality as asked (id, position)
    join auth_user u on u.id = asked.id order by asked.position`,
);

const namesOf = ({ em, statements, unitOfWork }: Core) => {
  const batches: number[] = [];
  const lookUp = statements.gather('names.nameOf', async (users: NonEmpty<{ readonly id: string }>) => {
    batches.push(users.length);
    return (await statements.rows(NAMES, { ids: users.map(({ id }) => id) })).map(({ name }) => name);
  });
  return {
    batches,
    nameOf: (id: string) => lookUp({ id }),
    rename: (id: string, name: string) =>
      sql`update auth_user set first_name = ${name} where id = ${id}`.execute(em.getKysely()),
    transaction: <T>(work: () => Promise<T>) => unitOfWork.transaction(work),
  };
};

const names = { name: 'names', services: (core: Core) => ({ names: namesOf(core) }) } satisfies Feature;

let app: TestApp;
let ada: SignedIn;
let services: ReturnType<typeof namesOf>;
beforeAll(async () => {
  app = await createTestApp({ features: [...FEATURES, names] });
  ada = await app.register();
  ({ names: services } = app.auth.services as unknown as { names: ReturnType<typeof namesOf> });
  await services.rename(ada.userId, 'Ada');
});

test('lookups of one turn share a call, and those of the next turn make another', async () => {
  services.batches.length = 0;
  expect(await Promise.all([1, 2, 3].map(() => services.nameOf(ada.userId)))).toEqual(['Ada', 'Ada', 'Ada']);
  expect(await services.nameOf(ada.userId)).toBe('Ada');
  expect(services.batches).toEqual([3, 1]);
});

test('a lookup inside a transaction is part of it, and none of another request is', async () => {
  services.batches.length = 0;
  const rolledBack = services.transaction(async () => {
    await services.rename(ada.userId, 'Grace');
    expect(await services.nameOf(ada.userId)).toBe('Grace');
    throw new Error('rolled back');
  });
  const others = Array.from({ length: 50 }, async () => {
    await new Promise(setImmediate);
    return services.nameOf(ada.userId);
  });
  await expect(rolledBack).rejects.toThrow('rolled back');
  expect(new Set(await Promise.all(others))).toEqual(new Set(['Ada']));
  expect(await services.nameOf(ada.userId)).toBe('Ada');
});
