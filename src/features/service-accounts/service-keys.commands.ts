import { uuidProblem } from '../../core/users/user-argument.js';
import { serviceArgument, type ServiceAccountCommand } from './service-accounts.commands.js';

export const createServiceKeyCommand: ServiceAccountCommand<{ readonly service: string }> = {
  name: 'services keys create',
  summary: 'Create a key of a service account.',
  details:
    'Prints the key. Only hashes of it are stored; it cannot be shown again. An account has at most two keys, so that one ' +
    'can be replaced without an interruption: create the new key, configure it, and revoke the old one.',
  arguments: [serviceArgument],
  example: 'services keys create 01990b2c-5f7a-7c11-9d53-2f1f0a6b7c8d',
  run: async ({ services: { serviceAccounts } }, { service }) => {
    const { key, secret } = await serviceAccounts.createKey(service);
    return { text: secret, json: { id: key.id, secret } };
  },
};

export const revokeServiceKeyCommand: ServiceAccountCommand<{ readonly service: string; readonly key: string }> = {
  name: 'services keys revoke',
  summary: 'Revoke a key of a service account.',
  details:
    'The key gets no further access tokens. Those already issued for it stay valid until they expire. To end them ' +
    'sooner, delete the service account.',
  arguments: [
    serviceArgument,
    { name: 'key', description: 'the id of the key, from `services list`', problemOf: uuidProblem },
  ],
  example: 'services keys revoke 01990b2c-5f7a-7c11-9d53-2f1f0a6b7c8d 01990b2c-7d1e-7a40-8c3b-64a1f2e9d0b5',
  run: async ({ services: { serviceAccounts } }, { service, key }) => {
    const { id } = await serviceAccounts.revokeKey(service, key);
    return { text: 'The key is revoked.', json: { revoked: id } };
  },
};
