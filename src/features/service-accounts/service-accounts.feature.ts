import type { Core } from '../../core/composition/core.js';
import type { CoreConfig } from '../../core/composition/core.options.js';
import type { Feature } from '../../core/composition/feature.js';
import {
  ServiceAccountCreated,
  ServiceAccountDeleted,
  ServiceKeyCreated,
  ServiceKeyRevoked,
} from './service-account.events.js';
import { ServiceAccountRepository } from './service-account.repository.js';
import { ServiceAccountResolver } from './service-account.resolver.js';
import { ServiceAccountService } from './service-account.service.js';
import { createServiceCommand, deleteServiceCommand, listServicesCommand } from './service-accounts.commands.js';
import { serviceAccountsOptions, type ServiceAccountsConfig } from './service-accounts.options.js';
import { createServiceKeyCommand, revokeServiceKeyCommand } from './service-keys.commands.js';
import { ServiceTokenRepository } from './service-token.repository.js';
import { ServiceTokenResolver } from './service-token.resolver.js';
import { ServiceTokenService } from './service-token.service.js';

export interface ServiceAccountServices {
  /** Manages service accounts, which are programs that call without a user. */
  readonly serviceAccounts: ServiceAccountService;
  /** Issues access tokens to service accounts. */
  readonly serviceTokens: ServiceTokenService;
}

const isEnabled = (config: Partial<ServiceAccountsConfig>): boolean => config.serviceAccounts?.enabled === true;

/** Programs that call without a user. */
export const serviceAccounts = {
  name: 'service-accounts',
  options: serviceAccountsOptions,
  events: { ServiceAccountCreated, ServiceAccountDeleted, ServiceKeyCreated, ServiceKeyRevoked },
  resolvers: [
    {
      type: ServiceTokenResolver,
      create: (services: ServiceAccountServices) => new ServiceTokenResolver(services.serviceTokens),
      isEnabled,
    },
  ],
  managementResolvers: [
    {
      type: ServiceAccountResolver,
      create: (services: ServiceAccountServices) => new ServiceAccountResolver(services.serviceAccounts),
      isEnabled,
    },
  ],
  services: (core: Core<CoreConfig & ServiceAccountsConfig>): ServiceAccountServices => ({
    serviceAccounts: new ServiceAccountService({
      ...core,
      serviceAccountRepository: new ServiceAccountRepository(core.em),
    }),
    serviceTokens: new ServiceTokenService({
      ...core,
      serviceTokenRepository: new ServiceTokenRepository(core.em),
      limit: core.rateLimits.of('issueServiceToken', core.config.rateLimits.issueServiceToken),
    }),
  }),
  commands: [
    ...[createServiceCommand, listServicesCommand, deleteServiceCommand],
    ...[createServiceKeyCommand, revokeServiceKeyCommand],
  ],
} satisfies Feature;
