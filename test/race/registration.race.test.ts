import { beforeAll, expect, test } from '@jest/globals';
import { DEFAULT_PASSWORD, newEmail } from '../support/graphql-client.js';
import { atOnce, startTwoServices, type Cluster } from '../support/shared-database.js';

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startTwoServices();
});

test('twenty parallel registrations of one address, however it is spelled, create one account', async () => {
  for (let round = 0; round < 5; round += 1) {
    const email = newEmail();
    const spellings = [email, email.toUpperCase(), ` ${email}`, `${email}\t`];
    const outcomes = await atOnce(20, (turn) =>
      cluster.service(turn).mutate('register', { email: spellings[turn % 4] ?? email, password: DEFAULT_PASSWORD }),
    );
    const names = outcomes.map(({ __typename }) => __typename).sort();
    expect(names).toEqual([...Array<string>(19).fill('EmailAlreadyExistsError'), 'LoginSuccess']);
    const [rows] = await cluster.database.sql(
      `select count(distinct u.id)::int as users, count(s.id)::int as sessions
       from auth_user u left join auth_session s on s.user_id = u.id where lower(btrim(u.email, E' \\t')) = $1`,
      [email],
    );
    expect(rows).toEqual({ users: 1, sessions: 1 });
  }
});
