import type { AddressInfo } from 'node:net';
import { afterAll } from '@jest/globals';
import { simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';
import { noteTokens, tokenIn } from './token-in.js';
import { until } from './until.js';

interface ReceivedMail {
  readonly messageId: string;
  readonly to: string;
  readonly text: string;
}

/** Decides about a received email; if it throws, the email is rejected with 451, so that it is retried. */
type Decision = (mail: ReceivedMail) => Promise<void> | void;

/** The reply code that rejects a recipient; `undefined` accepts it. */
type Refusal = (recipient: string) => number | undefined;

export interface MailServer {
  readonly url: string;
  readonly port: number;
  /** The accepted emails, oldest first. */
  readonly mails: ReceivedMail[];
  /** The accepted emails of a kind to an address, such as `verify-email`. */
  to(address: string, kind: string): ReceivedMail[];
  /** Waits until there are that many emails of a kind to an address; returns the token of the last one. */
  token(address: string, kind: string, count?: number): Promise<string>;
  close(): Promise<void>;
}

const running = new Set<MailServer>();
afterAll(async () => {
  for (const server of running) await server.close();
});

/** A local mail server. Closed after the tests of the file. */
export async function startMailServer({
  port = 0,
  decide = () => undefined,
  refuse = () => undefined,
}: { port?: number; decide?: Decision; refuse?: Refusal } = {}): Promise<MailServer> {
  const mails: ReceivedMail[] = [];
  const smtp = new SMTPServer({
    authOptional: true,
    disableReverseLookup: true,
    closeTimeout: 100,
    logger: false,
    onRcptTo({ address }, _session, done) {
      const responseCode = refuse(address);
      done(responseCode === undefined ? null : Object.assign(new Error('not here'), { responseCode }));
    },
    onData(stream, { envelope }, done) {
      const to = envelope.rcptTo[0]?.address ?? '';
      void simpleParser(stream)
        .then(async ({ messageId = '', text = '' }) => {
          const mail = { messageId, to, text };
          noteTokens(text);
          await decide(mail);
          mails.push(mail);
        })
        .then(
          () => done(),
          () => done(Object.assign(new Error('try again later'), { responseCode: 451 })),
        );
    },
  });
  // A client that is killed is not a failure of the server.
  smtp.on('error', () => undefined);
  await new Promise<void>((resolve) => smtp.listen(port, '127.0.0.1', resolve));
  const { port: open } = smtp.server.address() as AddressInfo;
  const server: MailServer = {
    url: `smtp://127.0.0.1:${String(open)}`,
    port: open,
    mails,
    to: (address, kind) => mails.filter(({ to, messageId }) => to === address && messageId.startsWith(`<${kind}.`)),
    token: async (address, kind, count = 1) =>
      tokenIn((await until(() => server.to(address, kind)[count - 1], `${kind} mail ${String(count)}`)).text),
    close: async () => {
      if (running.delete(server)) await new Promise<void>((resolve) => smtp.close(resolve));
    },
  };
  running.add(server);
  return server;
}
