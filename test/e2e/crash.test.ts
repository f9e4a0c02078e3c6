import { createServer, type AddressInfo, type Socket } from 'node:net';
import { afterAll, describe, expect, test } from '@jest/globals';
import { PgBoss } from 'pg-boss';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { DELIVERIES_LEFT } from '../support/deliveries.js';
import { freePort } from '../support/free-port.js';
import { startMailServer, type MailServer } from '../support/mail-server.js';
import { startService, type ServiceProcess } from '../support/service-process.js';
import { atOnce, startTwoServices } from '../support/shared-database.js';
import { until } from '../support/until.js';

const databases: TestDatabase[] = [];
afterAll(async () => {
  for (const database of databases) await database.drop();
});

async function newDatabase(): Promise<TestDatabase> {
  const database = await createTestDatabase();
  databases.push(database);
  return database;
}

async function start(database: TestDatabase, mails: { url: string }): Promise<ServiceProcess> {
  return startService({ DATABASE_URL: database.url, SMTP_URL: mails.url, LOG_LEVEL: 'error' });
}

/** What a killed process was busy with is taken for lost after a while; that while passes now. */
async function letTimePass(database: TestDatabase): Promise<void> {
  await database.sql(`update auth_jobs.job set started_on = started_on - interval '1 hour' where state = 'active'`);
  await database.sql('update auth_jobs.queue set monitor_on = null');
  const boss = new PgBoss({ connectionString: database.url, schema: 'auth_jobs', supervise: false, schedule: false });
  boss.on('error', () => undefined);
  await boss.start();
  await boss.supervise();
  await boss.stop();
}

/** Waits until every address has the mail; answers how many different ones of the kind each has got. */
async function distinctMails(mails: MailServer, addresses: readonly string[], kind: string): Promise<number[]> {
  await until(() => addresses.every((address) => mails.to(address, kind).length > 0), `${kind} mails`);
  return addresses.map((address) => new Set(mails.to(address, kind).map(({ messageId }) => messageId)).size);
}

/** Waits until nothing is left to be delivered. */
async function untilDelivered(database: TestDatabase): Promise<void> {
  await until(async () => {
    const [row] = await database.sql<{ left: number }>(DELIVERIES_LEFT);
    return row?.left === 0;
  }, 'the deliveries');
}

/** Takes the envelope, and is gone as soon as the mail begins. */
function dropAmidTheMail(socket: Socket): void {
  socket.write('220 here\r\n');
  socket.on('data', (chunk: Buffer) => {
    const line = chunk.toString();
    if (line.startsWith('DATA')) socket.write('354 go on\r\n');
    else if (/^(EHLO|HELO|MAIL|RCPT)/.test(line)) socket.write('250 fine\r\n');
    else socket.destroy();
  });
}

/** Waits until a delivery has failed. */
async function untilRetried(database: TestDatabase): Promise<void> {
  const retried = `select from auth_jobs.job where name = 'auth-emails' and (retry_count > 0 or state = 'retry')`;
  await until(async () => (await database.sql(retried)).length > 0, 'a failed delivery');
}

describe('a process that is killed', () => {
  test('right after responding loses no email', async () => {
    const database = await newDatabase();
    const mails = await startMailServer();
    const addresses: string[] = [];
    for (let round = 0; round < 4; round += 1) {
      const service = await start(database, mails);
      const users = await atOnce(5, () => service.register());
      await service.stop('SIGKILL');
      addresses.push(...users.map(({ email }) => email));
    }
    await start(database, mails);
    await letTimePass(database);
    expect(await distinctMails(mails, addresses, 'verify-email')).toEqual(addresses.map(() => 1));
  });

  test('while sending emails loses none, and duplicates share a Message-ID', async () => {
    const database = await newDatabase();
    const { promise: killed, resolve: kill } = Promise.withResolvers<undefined>();
    let reading = 0;
    const mails = await startMailServer({
      decide: async () => {
        reading += 1;
        await killed;
      },
    });
    const service = await start(database, mails);
    const users = await atOnce(12, () => service.register());
    const addresses = users.map(({ email }) => email);
    await until(() => reading > 0, 'a mail under way');
    await service.stop('SIGKILL');
    // The server keeps what it has read in full; whoever sent it is not there to hear of that.
    kill(undefined);
    await until(() => mails.mails.length > 0, 'the mail that was under way');
    const before = [...mails.mails];
    await start(database, mails);
    await letTimePass(database);
    expect(await distinctMails(mails, addresses, 'verify-email')).toEqual(addresses.map(() => 1));
    await untilDelivered(database);
    const twice = before.map(({ to }) => mails.to(to, 'verify-email').length);
    expect(twice).toEqual(before.map(() => 2));
  });
});

describe('a mail server that', () => {
  test('is down does not block registrations, and the email is delivered once after it recovers', async () => {
    const database = await newDatabase();
    const port = await freePort();
    const service = await start(database, { url: `smtp://127.0.0.1:${String(port)}` });
    const { email } = await service.register();
    await untilRetried(database);
    const mails = await startMailServer({ port });
    expect(await distinctMails(mails, [email], 'verify-email')).toEqual([1]);
    await untilDelivered(database);
    expect(mails.to(email, 'verify-email')).toHaveLength(1);
  });

  test.each<[string, (socket: Socket) => void]>([
    ['hangs', () => undefined],
    ['drops the connection', (socket) => socket.destroy()],
    ['drops the connection amid the mail', dropAmidTheMail],
  ])('%s does not block registrations, and the email is delivered later, once', async (_name, behave) => {
    const database = await newDatabase();
    const sockets = new Set<Socket>();
    const bad = createServer((socket) => {
      sockets.add(socket.on('error', () => undefined));
      behave(socket);
    });
    await new Promise<void>((resolve) => bad.listen(0, '127.0.0.1', resolve));
    const { port } = bad.address() as AddressInfo;
    const service = await start(database, { url: `smtp://127.0.0.1:${String(port)}` });
    const { email } = await service.register();
    await untilRetried(database);
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => bad.close(resolve));
    const mails = await startMailServer({ port });
    expect(await distinctMails(mails, [email], 'verify-email')).toEqual([1]);
    await untilDelivered(database);
    expect(mails.to(email, 'verify-email')).toHaveLength(1);
  });

  test('rejects an email temporarily receives it again until accepted, once', async () => {
    const database = await newDatabase();
    let refusals = 0;
    const mails = await startMailServer({
      decide: () => {
        refusals += 1;
        if (refusals <= 2) throw new Error('not now');
      },
    });
    const service = await start(database, mails);
    const { email } = await service.register();
    expect(await distinctMails(mails, [email], 'verify-email')).toEqual([1]);
    await untilDelivered(database);
    expect(refusals).toBe(3);
    expect(mails.mails).toHaveLength(1);
  });
});

describe('two processes on one database', () => {
  test('deliver every email exactly once', async () => {
    const mails = await startMailServer();
    const cluster = await startTwoServices({ SMTP_URL: mails.url });
    const users = await atOnce(60, (turn) => cluster.service(turn).register());
    const addresses = users.map(({ email }) => email);
    await distinctMails(mails, addresses, 'verify-email');
    await untilDelivered(cluster.database);
    expect(mails.mails.map(({ to }) => to).sort()).toEqual([...addresses].sort());
  });
});
