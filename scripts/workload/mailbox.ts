import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';
import { afterwards } from '../bench/clean-up.js';

/** A mail server that keeps what it receives. */
export class Mailbox {
  /** The texts by kind and address, then by Message-ID: a repeated delivery is the same email. */
  readonly #received = new Map<string, Map<string, string>>();
  #url = '';

  get url(): string {
    return this.#url;
  }

  /** Starts the server. The cleanup stops it. */
  async start(): Promise<void> {
    const smtp = new SMTPServer({
      authOptional: true,
      disableReverseLookup: true,
      closeTimeout: 100,
      logger: false,
      onData: (stream, { envelope }, done) => {
        void simpleParser(stream).then(({ messageId = '', text = '' }) => {
          this.#keep(envelope.rcptTo[0]?.address ?? '', messageId, text);
          done();
        }, done);
      },
    });
    // A client that is killed is not a failure of the server.
    smtp.on('error', () => undefined);
    const listening = smtp.listen(0, '127.0.0.1');
    await once(listening, 'listening');
    afterwards(() => new Promise<void>((resolve) => smtp.close(resolve)));
    this.#url = `smtp://127.0.0.1:${String((listening.address() as AddressInfo).port)}`;
  }

  /** The number of different emails of a kind, such as `verify-email`, to an address. */
  count(address: string, kind: string): number {
    return this.#received.get(`${kind} ${address}`)?.size ?? 0;
  }

  /** The token in the link of the last email of a kind to an address. */
  token(address: string, kind: string): string | undefined {
    const texts = [...(this.#received.get(`${kind} ${address}`)?.values() ?? [])];
    return /[?&#]token=([\w-]+)/.exec(texts.at(-1) ?? '')?.[1];
  }

  #keep(address: string, messageId: string, text: string): void {
    const kind = /^<([^.]+)\./.exec(messageId)?.[1] ?? '';
    const key = `${kind} ${address}`;
    const emails = this.#received.get(key) ?? new Map<string, string>();
    this.#received.set(key, emails.set(messageId, text));
  }
}
