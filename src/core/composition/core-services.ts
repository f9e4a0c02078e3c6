import type { AccessTokenService } from '../access-tokens/access-token.service.js';
import type { NewPasswordService } from '../credentials/new-password.service.js';
import type { HousekeepingService } from '../housekeeping/housekeeping.service.js';

/** The services of the core, available whichever features are enabled. */
export interface CoreServices {
  /** Checks new passwords against the policy and hashes them. */
  readonly passwords: NewPasswordService;
  /** Signs and verifies access tokens. */
  readonly accessTokens: AccessTokenService;
  /** Deletes expired data. Runs automatically every ten minutes. */
  readonly housekeeping: HousekeepingService;
}
