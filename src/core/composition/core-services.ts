import type { AccessTokenService } from '../access-tokens/access-token.service.js';
import type { NewPasswordService } from '../credentials/new-password.service.js';
import type { HousekeepingService } from '../housekeeping/housekeeping.service.js';

/** What the core offers to applications, whichever features are on. */
export interface CoreServices {
  /** Checks new passwords against the policy, and hashes them. */
  readonly passwords: NewPasswordService;
  /** Signs and verifies access tokens. */
  readonly accessTokens: AccessTokenService;
  /** Deletes what has ended. Runs by itself every ten minutes. */
  readonly housekeeping: HousekeepingService;
}
