import type { PasswordRule } from '@auth-subgraph/client';

/** What the service tells its pages, in `src/cli/service/pages/page-settings.ts`. */
export interface PageSettings {
  readonly productName?: string | undefined;
  readonly graphqlUrl: string;
  readonly mode: 'cookie' | 'token';
  readonly continueOrigins: readonly string[];
  readonly registrationEnabled: boolean;
  readonly passwordMinLength: number;
  readonly passwordRules: readonly PasswordRule[];
}
