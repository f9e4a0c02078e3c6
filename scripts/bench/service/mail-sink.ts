import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { afterwards } from '../clean-up.js';

/** Starts a mail server that accepts and discards everything, since production requires one. Returns its address. */
export async function startMailSink(): Promise<string> {
  const smtp = new SMTPServer({
    authOptional: true,
    disableReverseLookup: true,
    closeTimeout: 100,
    logger: false,
    onData(stream, _session, done) {
      stream.once('end', done).resume();
    },
  });
  // The service closes its connections when it ends.
  smtp.on('error', () => undefined);
  const listening = smtp.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  afterwards(() => new Promise<void>((resolve) => smtp.close(resolve)));
  return `smtp://127.0.0.1:${String((listening.address() as AddressInfo).port)}`;
}
