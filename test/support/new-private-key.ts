import { generateKeyPairSync } from 'node:crypto';
import { RunRecord } from './secrets/run-record.js';
import { notePrivateKey } from './secrets/secrets-in.js';

/** A private key for ES256, as PEM text. */
export function newPrivateKey(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  notePrivateKey(RunRecord.ofRun(), pem);
  return pem;
}
