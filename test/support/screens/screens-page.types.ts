import type { AuthClient } from '@auth-subgraph/client';

export type ScreenName =
  | 'SignIn'
  | 'SignUp'
  | 'VerifyEmail'
  | 'ForgotPassword'
  | 'ResetPassword'
  | 'ChangePassword'
  | 'ChangeEmail'
  | 'ConfirmEmailChange'
  | 'Profile'
  | 'Sessions'
  | 'Account';

export type Language = 'en' | 'de' | 'fr' | 'es' | 'ar';
export type Scheme = 'light' | 'dark';

/** What the page does with an operation instead of sending it. */
export type Answer = { readonly data: object } | { readonly errors: object } | 'waits' | 'fails';

/** What the tests call in the page. */
export interface ScreensPage {
  readonly auth: AuthClient;
  /** The answers by operation, such as `Login`. */
  readonly answers: Record<string, Answer | undefined>;
  /** How often a screen has called `onDone`. */
  readonly done: { count: number };
  /** Shows a new instance of a screen. */
  show(screen: ScreenName, props?: object): void;
  /** Changes the language of the screen that is shown. Arabic has English texts. */
  speak(language: Language): void;
  /** The markup that a server would send. */
  markup(screen: ScreenName): string;
}
