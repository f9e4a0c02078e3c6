import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { simpleParser, type ParsedMail } from 'mailparser';
import { SMTPServer, type SMTPServerOptions, type SMTPServerSession } from 'smtp-server';
import { createFileMailer } from '../../src/core/email/file-mailer.js';
import { MailDeliveryError, type Mail, type Mailer } from '../../src/core/email/mailer.js';
import { createSmtpMailer, usualName, verifySmtp, type SmtpMailerOptions } from '../../src/core/email/smtp.js';
import { parseSmtpUrl } from '../../src/core/email/smtp-url.js';
import { parseSender } from '../../src/core/email/message.js';

const mail: Mail = {
  id: 'reset-password.0197-abc',
  to: 'ada@recipient.example',
  subject: 'Grüße, choose a new password',
  text: 'Hello Ada,\n\nhttps://app.example/reset?token=s3cret-token\n',
  html: '<p><a href="https://app.example/reset?token=s3cret-token">Reset</a></p>',
};
const from = 'Acme, Inc. <no-reply@acme.example>';
const SECRETS = /ada|recipient|s3cret|hunter|mailuser|acme|grüße/i;

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

interface Delivery {
  message: ParsedMail;
  recipients: string[];
  session: SMTPServerSession;
}

async function startServer(options: SMTPServerOptions = {}): Promise<{ port: number; deliveries: Delivery[] }> {
  const deliveries: Delivery[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disableReverseLookup: true,
    closeTimeout: 100,
    logger: false,
    onData(stream, session, done) {
      const recipients = session.envelope.rcptTo.map(({ address }) => address);
      void simpleParser(stream).then((message) => {
        deliveries.push({ message, recipients, session });
        done();
      });
    },
    ...options,
  });
  // A client that goes away is not the server's failure here.
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(() => new Promise<void>((resolve) => server.close(resolve)));
  return { port: (server.server.address() as AddressInfo).port, deliveries };
}

/** A server without manners: does with each connection what it is told. */
async function startRawServer(handle: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    handle(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}

function mailer(url: string, options: Partial<SmtpMailerOptions> = {}): Mailer {
  const created = createSmtpMailer({ url, from, timeoutSeconds: 2, ...options });
  cleanups.push(() => created.close?.());
  return created;
}

async function failureOf(sending: Promise<void>): Promise<MailDeliveryError> {
  const error: unknown = await sending.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(MailDeliveryError);
  const failure = error as MailDeliveryError;
  expect(failure.cause).toBeUndefined();
  expect(
    `${failure.message} ${JSON.stringify(failure)} ${failure.stack ?? ''}`.replaceAll(process.cwd(), ''),
  ).not.toMatch(SECRETS);
  return failure;
}

describe('delivers', () => {
  test('text and HTML under a Message-ID that stays the same for the email', async () => {
    const { port, deliveries } = await startServer();
    const smtp = mailer(`smtp://127.0.0.1:${port}`);
    await smtp.send(mail);
    await smtp.send(mail);
    expect(deliveries).toHaveLength(2);
    for (const { message, recipients } of deliveries) {
      expect(message.messageId).toBe('<reset-password.0197-abc@acme.example>');
      expect(message.subject).toBe(mail.subject);
      expect(message.text).toBe(mail.text);
      expect(message.html).toBe(mail.html);
      expect(message.from?.value).toEqual([{ name: 'Acme, Inc.', address: 'no-reply@acme.example' }]);
      expect(message.headers.get('auto-submitted')).toBe('auto-generated');
      expect(message.headers.has('x-mailer')).toBe(false);
      expect(recipients).toEqual(['ada@recipient.example']);
    }
    expect(deliveries[1]!.session.id).toBe(deliveries[0]!.session.id);
  });

  test('authenticated with the user and password of the address', async () => {
    const seen: unknown[] = [];
    const { port, deliveries } = await startServer({
      authOptional: false,
      allowInsecureAuth: true,
      hideSTARTTLS: true,
      onAuth({ username, password }, _session, done) {
        seen.push([username, password]);
        done(null, { user: username });
      },
    });
    await mailer(`smtp://mailuser%40acme:hunter%3A%2F2@127.0.0.1:${port}`).send(mail);
    expect(seen).toEqual([['mailuser@acme', 'hunter:/2']]);
    expect(deliveries).toHaveLength(1);
  });

  test('several emails at once, and none after closing', async () => {
    const { port, deliveries } = await startServer();
    const smtp = mailer(`smtp://127.0.0.1:${port}`);
    await Promise.all(Array.from({ length: 20 }, (_, index) => smtp.send({ ...mail, id: `many.${index}` })));
    expect(new Set(deliveries.map(({ message }) => message.messageId)).size).toBe(20);
    await smtp.close?.();
    expect((await failureOf(smtp.send(mail))).code).toBe('ECONNECTION');
  });

  test('emails in progress before closing', async () => {
    const { promise: begun, resolve: begin } = Promise.withResolvers<undefined>();
    let delivered = false;
    const { port } = await startServer({
      onData(stream, _session, done) {
        begin(undefined);
        stream.resume().on('end', () =>
          setTimeout(() => {
            delivered = true;
            done();
          }, 100),
        );
      },
    });
    const smtp = mailer(`smtp://127.0.0.1:${port}`);
    const sending = smtp.send(mail);
    await begun;
    await smtp.close?.();
    expect(delivered).toBe(true);
    await sending;
  });

  test('once to a server that scans the message for longer than connecting may take', async () => {
    let received = 0;
    const { port } = await startServer({
      onData(stream, _session, done) {
        received += 1;
        stream.resume().on('end', () => setTimeout(done, 11_000));
      },
    });
    const smtp = createSmtpMailer({ url: `smtp://127.0.0.1:${port}`, from });
    cleanups.push(() => smtp.close?.());
    await smtp.send(mail);
    expect(received).toBe(1);
  });

  test('from an international domain in ASCII', async () => {
    const { port, deliveries } = await startServer();
    await mailer(`smtp://127.0.0.1:${port}`, { from: 'Bücher <no-reply@bücher.example>' }).send(mail);
    const lines = deliveries[0]?.message.headerLines.map(({ line }) => line).join('\n');
    expect(lines).toContain('<no-reply@xn--bcher-kva.example>');
    expect(lines).toContain('<reset-password.0197-abc@xn--bcher-kva.example>');
    expect(lines).toMatch(/^[\t\r\n -~]*$/);
  });

  test('over a new connection after the server has closed an idle one', async () => {
    const { port, deliveries } = await startServer({ socketTimeout: 400 });
    const smtp = mailer(`smtp://127.0.0.1:${port}`);
    await smtp.send(mail);
    await new Promise((resolve) => setTimeout(resolve, 700));
    await smtp.send(mail);
    expect(deliveries).toHaveLength(2);
  });
});

// 0.0.0.0 leads to this machine without being one of its loopback names.
describe('to a remote server', () => {
  test('is rejected without STARTTLS, before the password or the recipient is sent', async () => {
    const commands: string[] = [];
    const port = await startRawServer((socket) => {
      socket.write('220 relay\r\n');
      socket.on('data', (bytes) => {
        commands.push(bytes.toString());
        const encrypt = bytes.toString().startsWith('STARTTLS');
        socket.write(encrypt ? '502 no such command\r\n' : '250-relay\r\n250 AUTH PLAIN\r\n');
      });
    });
    const failure = await failureOf(mailer(`smtp://mailuser:hunter2@0.0.0.0:${port}`).send(mail));
    expect(failure).toMatchObject({ code: 'ETLS', permanent: false });
    expect(commands.join('')).toMatch(/^EHLO/);
    expect(commands.join('')).not.toMatch(/AUTH|MAIL|RCPT/);
  });

  test.each([
    ['smtp', {}],
    ['smtps', { secure: true }],
  ])('an untrusted certificate is rejected (%s)', async (scheme, options) => {
    const { port, deliveries } = await startServer(options);
    const failure = await failureOf(mailer(`${scheme}://mailuser:hunter2@0.0.0.0:${port}`).send(mail));
    expect(failure).toMatchObject({ code: expect.stringContaining('CERT'), permanent: false });
    expect(deliveries).toEqual([]);
  });

  test('is unencrypted only if the address says so', async () => {
    const { port, deliveries } = await startServer();
    await mailer(`smtp://0.0.0.0:${port}?ignoreTLS=true`).send(mail);
    expect(deliveries.map(({ session }) => session.secure)).toEqual([false]);
  });
});

describe('fails, without revealing recipient, content or credentials,', () => {
  const refusal = (responseCode: number) =>
    Object.assign(new Error(`no thanks for ${mail.to} ${mail.text}`), { responseCode });

  test.each([
    [550, true],
    [450, false],
    [530, false],
  ])('if the recipient is rejected with %i', async (responseCode, permanent) => {
    const { port } = await startServer({ onRcptTo: (_address, _session, done) => done(refusal(responseCode)) });
    const failure = await failureOf(mailer(`smtp://127.0.0.1:${port}`).send(mail));
    expect(failure).toMatchObject({ code: 'EENVELOPE', responseCode, permanent });
  });

  test.each([550, 553])(
    "if the sender is rejected with %i, which is not the recipient's fault",
    async (responseCode) => {
      const { port } = await startServer({ onMailFrom: (_address, _session, done) => done(refusal(responseCode)) });
      const failure = await failureOf(mailer(`smtp://127.0.0.1:${port}`).send(mail));
      expect(failure).toMatchObject({ code: 'ESENDER', responseCode, permanent: false });
    },
  );

  test.each([
    [553, '5.1.8 Bad sender address', 'ESENDER'],
    [553, '5.7.1 Sender address rejected: not owned by user', 'ESENDER'],
    [554, '5.7.1 Relay access denied', 'ESENDER'],
    [550, '5.7.54 SMTP; Unable to relay recipient in non-accepted domain', 'ESENDER'],
    [550, '5.7.1 <ada@recipient.example>... Relaying denied', 'ESENDER'],
    [554, '5.7.1 <unknown[192.0.2.1]>: Client host rejected: Access denied', 'ESENDER'],
    [554, '5.7.1 Service unavailable; Client host [192.0.2.1] blocked using a list', 'ESENDER'],
    [504, '5.7.1 <localhost>: Helo command rejected: need fully-qualified hostname', 'ESENDER'],
    [554, '5.7.1 <sender@recipient.example>: Recipient address rejected: Access denied', 'EENVELOPE'],
    [550, '5.7.133 Restricted group', 'EENVELOPE'],
    [550, '5.1.1 User unknown', 'EENVELOPE'],
    [550, '5.2.1 Mailbox disabled', 'EENVELOPE'],
  ])('with the reply %i %s to the recipient as %s', async (responseCode, text, code) => {
    const { port } = await startServer({
      onRcptTo: (_address, _session, done) => done(Object.assign(new Error(text), { responseCode })),
    });
    const failure = await failureOf(mailer(`smtp://127.0.0.1:${port}`).send(mail));
    expect(failure).toMatchObject({ code, responseCode, permanent: code === 'EENVELOPE' });
  });

  test('if the message is rejected', async () => {
    const { port } = await startServer({
      onData(stream, _session, done) {
        stream.resume().on('end', () => done(refusal(550)));
      },
    });
    const failure = await failureOf(mailer(`smtp://127.0.0.1:${port}`).send(mail));
    expect(failure).toMatchObject({ code: 'EMESSAGE', responseCode: 550, permanent: true });
    expect(failure.message).toBe('The email could not be delivered (EMESSAGE 550).');
  });

  test("if the password is wrong, which is not the email's fault", async () => {
    const { port } = await startServer({
      allowInsecureAuth: true,
      onAuth: (_auth, _session, done) => done(refusal(535)),
    });
    const failure = await failureOf(mailer(`smtp://mailuser:hunter2@127.0.0.1:${port}`).send(mail));
    expect(failure).toMatchObject({ code: 'EAUTH', responseCode: 535, permanent: false });
  });

  test('if the server does not support authentication although there is a password', async () => {
    const { port, deliveries } = await startServer({ disabledCommands: ['AUTH', 'STARTTLS'] });
    const failure = await failureOf(mailer(`smtp://mailuser:hunter2@127.0.0.1:${port}`).send(mail));
    expect(failure.code).toBe('EAUTH');
    expect(deliveries).toEqual([]);
  });

  test('if no server is listening', async () => {
    const failure = await failureOf(mailer('smtp://127.0.0.1:1').send(mail));
    expect(failure).toMatchObject({ code: 'ECONNREFUSED', permanent: false });
  });

  /** Agrees to everything up to the message, and leaves what follows to `onMessage`. */
  const acceptUntilMessage = (socket: Socket, onMessage: () => void) => {
    let amidMessage = false;
    socket.write('220 relay\r\n');
    socket.on('data', (bytes) => {
      if (amidMessage) return;
      amidMessage = bytes.toString().startsWith('DATA');
      socket.write(amidMessage ? '354 go on\r\n' : '250 fine\r\n');
      if (amidMessage) socket.once('data', onMessage);
    });
  };

  test.each([
    ['hangs after it was connected to', () => undefined],
    ['hangs in the greeting', (socket: Socket) => void socket.write('220-')],
    ['hangs after the greeting', (socket: Socket) => void socket.write('220 relay\r\n')],
    ['hangs after the message', (socket: Socket) => acceptUntilMessage(socket, () => undefined)],
    [
      'never gets to the end of its reply',
      (socket: Socket) =>
        acceptUntilMessage(socket, () => {
          const trickle = setInterval(() => socket.write('250-fine\r\n'), 50);
          socket.on('close', () => clearInterval(trickle));
        }),
    ],
  ])('within its timeout if the server %s', async (_case, handle) => {
    const port = await startRawServer(handle);
    const startedAt = performance.now();
    const failure = await failureOf(mailer(`smtp://127.0.0.1:${port}`, { timeoutSeconds: 0.3 }).send(mail));
    expect(failure).toMatchObject({ code: 'ETIMEDOUT', permanent: false });
    // The defaults are ten seconds and more.
    expect(performance.now() - startedAt).toBeLessThan(8000);
  });

  test.each([
    ['at once', (socket: Socket) => void socket.end()],
    ['amid the message', (socket: Socket) => acceptUntilMessage(socket, () => socket.destroy())],
  ])('if the server hangs up %s', async (_case, handle) => {
    const port = await startRawServer(handle);
    const failure = await failureOf(mailer(`smtp://127.0.0.1:${port}`).send(mail));
    expect(failure.permanent).toBe(false);
  });

  test.each([
    { to: 'ada@recipient.example\r\nBcc: all@recipient.example' },
    { to: 'ada@recipient.example, eve@recipient.example' },
    { to: 'Ada <ada@recipient.example>' },
    { to: 'ada' },
    { subject: 'Hello\r\nBcc: all@recipient.example' },
    { subject: 'Hello\nX: y' },
    { id: 'a>\r\nX: y' },
    { id: '../../etc/passwd' },
    { id: '' },
  ])('if a header is malformed: %j', async (change) => {
    const { port, deliveries } = await startServer();
    const failure = await failureOf(mailer(`smtp://127.0.0.1:${port}`).send({ ...mail, ...change }));
    expect(failure).toMatchObject({ code: 'EINVALID', permanent: true });
    expect(deliveries).toEqual([]);
  });
});

// Google's relay, for example, rejects [127.0.0.1], which nodemailer sends from a host without a full name.
describe('EHLO', () => {
  const nameAt = async (parameters: string, sender: string): Promise<unknown> => {
    const { port, deliveries } = await startServer();
    await mailer(`smtp://127.0.0.1:${port}${parameters}`, { from: sender }).send(mail);
    return deliveries[0]?.session.hostNameAppearsAs;
  };

  test.each([
    ['pod-7', 'Acme <no-reply@acme.example>', 'acme.example'],
    ['pod-7.acme.internal', 'Acme <no-reply@acme.example>', undefined],
    ['pod-7', 'Auth <no-reply@localhost>', undefined],
  ])('from the host %s for %s has %s, or what nodemailer finds', (host, sender, name) => {
    expect(usualName(sender, host)).toBe(name);
  });

  test('has the name of the address', async () => {
    expect(await nameAt('?name=pod-7.acme.example', from)).toBe('pod-7.acme.example');
  });

  test('is tried with the same name by the check', async () => {
    const sessions: SMTPServerSession[] = [];
    const { port } = await startServer({
      onConnect: (session, done) => {
        sessions.push(session);
        done();
      },
    });
    expect(await verifySmtp({ url: `smtp://127.0.0.1:${port}?name=pod-7.acme.example`, from })).toBeUndefined();
    expect(sessions.map(({ hostNameAppearsAs }) => hostNameAppearsAs)).toEqual(['pod-7.acme.example']);
  });
});

describe('an SMTP address', () => {
  test.each([
    ['smtp://mail.example', { host: 'mail.example', port: 587, encryption: 'starttls' }],
    ['smtps://mail.example', { host: 'mail.example', port: 465, encryption: 'implicit' }],
    ['smtps://localhost:1465', { host: 'localhost', port: 1465, encryption: 'implicit' }],
    ['smtp://[::1]:1025', { host: '::1', port: 1025, encryption: 'none' }],
    ['smtp://localhost.evil.example', { host: 'localhost.evil.example', port: 587, encryption: 'starttls' }],
    ['smtp://mail.bücher.example', { host: 'mail.xn--bcher-kva.example', port: 587, encryption: 'starttls' }],
    [
      'smtp://mail.example?name=pod-7.acme.example',
      { host: 'mail.example', port: 587, encryption: 'starttls', clientName: 'pod-7.acme.example' },
    ],
    ['smtp://mail.example?ignoreTLS=false', { host: 'mail.example', port: 587, encryption: 'starttls' }],
  ])('%s', (url, expected) => {
    expect(parseSmtpUrl(url)).toEqual(expected);
  });

  test.each([
    'mail.example',
    'https://mailuser:hunter2@mail.example',
    'smtp://',
    'smtp://mail.%zz.example',
    'smtp://mail%20server.example',
    'smtp://mailuser:hunter%@mail.example',
    'smtp://mailuser:hunter2@mail.example:99999',
    'smtp://mailuser:hunter2@mail.example?tls.rejectUnauthorized=false',
    'smtp://mailuser:hunter2@mail.example?ignoreTLS=yes',
    'smtp://mailuser:hunter2@mail.example?name=',
    'smtp://mailuser:hunter2@mail.example?name=a%0D%0AX',
  ])('is rejected at startup without being repeated: %s', (url) => {
    const create = () => createSmtpMailer({ url, from });
    expect(create).toThrow(/SMTP address/);
    expect(create).not.toThrow(SECRETS);
  });

  test.each([
    ['Acme <a@b.example>', 'Acme'],
    ['"Acme, Inc." <a@b.example>', 'Acme, Inc.'],
    ['"The \\"best\\" \\\\ shop" <a@b.example>', 'The "best" \\ shop'],
    ['a@b.example', ''],
  ])('of the sender %j has a name', (sender, name) => {
    expect(parseSender(sender)).toEqual({ name, address: 'a@b.example' });
  });

  test.each([
    'möller@acme.example',
    'no-reply@\u00ad',
    '',
    'Acme',
    'a@b, c@d',
    'Acme <a@b',
    'a@b\r\nBcc: c@d',
    'A\nB <a@b>',
  ])('conflicts with the sender %j', (sender) => {
    expect(() => createSmtpMailer({ url: 'smtp://localhost', from: sender })).toThrow('is not an address');
  });
});

test('in development an email is a file that only its owner can read, and its link is announced', async () => {
  const parent = mkdtempSync(join(tmpdir(), 'mail-'));
  cleanups.push(() => rmSync(parent, { recursive: true }));
  const folder = join(parent, 'deep', 'mail');
  const announced: string[] = [];
  const clock = { now: () => new Date('2026-11-24T08:30:00.123Z') };
  const announce = (text: string): void => void announced.push(text);
  const files = createFileMailer({ folder, from, announce, clock });
  await files.send(mail);
  await files.send({ ...mail, id: 'notice.1', text: 'Hello' });

  expect(readdirSync(folder)).toEqual([
    '20261124T083000.123Z-notice.1.eml',
    '20261124T083000.123Z-reset-password.0197-abc.eml',
  ]);
  const file = join(folder, '20261124T083000.123Z-reset-password.0197-abc.eml');
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  // The embedded database lies beside it, and another user has to get there.
  expect(statSync(join(parent, 'deep')).mode & 0o777).not.toBe(0o700);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const message = await simpleParser(readFileSync(file));
  expect(message).toMatchObject({
    messageId: '<reset-password.0197-abc@acme.example>',
    subject: mail.subject,
    text: mail.text,
    html: mail.html,
    date: new Date('2026-11-24T08:30:00Z'),
  });
  expect(announced[0]).toBe(
    `Email to ada@recipient.example: ${mail.subject}\n  Link: https://app.example/reset?token=s3cret-token\n  File: ${file}`,
  );
  expect(announced[1]).not.toContain('Link');
  await expect(files.send({ ...mail, id: '../x' })).rejects.toThrow(MailDeliveryError);
});
