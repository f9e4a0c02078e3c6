import type { AuthClient } from '@auth-subgraph/client';

export const SCREENS = [
  'SignIn',
  'SignUp',
  'VerifyEmail',
  'ForgotPassword',
  'ResetPassword',
  'AcceptInvitation',
  'ChangePassword',
  'ChangeEmail',
  'ConfirmEmailChange',
  'Profile',
  'Sessions',
  'SecurityEvents',
  'Account',
] as const;

/** A screen of the package, or one that an application made with its slots or with a hook. */
export type ScreenName = (typeof SCREENS)[number] | 'WithSlots' | 'WithHook';

/** Arabic has English texts: only the direction, dates and numbers differ. */
export const LANGUAGES = ['en', 'de', 'fr', 'es', 'ar'] as const;
export type Language = (typeof LANGUAGES)[number];
export type Scheme = 'light' | 'dark';

/** What the page answers to an operation instead of sending it. */
export type Answer = { readonly data: object } | { readonly errors: readonly object[] } | 'waits' | 'fails';

/** What the tests call in the page. */
export interface ScreensPage {
  readonly auth: AuthClient;
  /** The answers by operation, such as `Login`. */
  answers: Readonly<Record<string, Answer | undefined>>;
  /** The names of the operations that were asked for. */
  readonly asked: string[];
  /** What a screen gave to `onDone`. */
  readonly done: unknown[];
  /** Shows a new instance of a screen. */
  show(screen: ScreenName, props?: object): void;
  speak(language: Language): void;
  /** Writes into every field as a password manager does: without any event. */
  fill(values: Readonly<Record<string, string>>): void;
  /** What the query client of the application knows, in a page with the hash `#cache`. */
  known(): string;
  /** Takes the focus away. */
  leave(): void;
  /** The markup that a server would send. */
  markup(screen: ScreenName): string;
  /** What axe-core finds in every language, light and dark, and what is wider than the page. */
  audit(): Promise<string[]>;
}
