import type { AuthErrorCode, PasswordRule } from '@auth-subgraph/client';

/** The names of all fields of the screens. */
export type FieldName =
  | 'email'
  | 'newEmail'
  | 'password'
  | 'currentPassword'
  | 'newPassword'
  | 'firstName'
  | 'lastName'
  | 'displayName'
  | 'avatarUrl';

/** Why a form was not accepted: a code of the service, or one of these. */
export type FormErrorCode =
  | AuthErrorCode
  /** A field is empty. */
  | 'REQUIRED'
  /** The current password is wrong. */
  | 'WRONG_PASSWORD'
  /** The operation needs a signed-in user. */
  | 'UNAUTHENTICATED'
  /** The service is overloaded. */
  | 'SERVICE_UNAVAILABLE'
  /** There was no answer. */
  | 'UNREACHABLE'
  /** Everything else. */
  | 'UNEXPECTED';

/** The events of an account that have a text. Events of newer services are shown with `other`. */
export type SecurityEventName =
  | 'UserRegistered'
  | 'UserCreated'
  | 'InvitationRequested'
  | 'InvitationAccepted'
  | 'UserLoggedIn'
  | 'SignInFailed'
  | 'UserLoggedOut'
  | 'SessionRevoked'
  | 'RefreshTokenReuseDetected'
  | 'AccountLocked'
  | 'AccountLockedByOperator'
  | 'AccountUnlocked'
  | 'EmailVerificationRequested'
  | 'EmailVerified'
  | 'EmailChangeRequested'
  | 'EmailChanged'
  | 'PasswordResetRequested'
  | 'PasswordReset'
  | 'PasswordChanged'
  | 'ProfileUpdated'
  | 'RolesChanged'
  | 'UserDeactivated'
  | 'UserReactivated'
  | 'AccountClosed';

/** The texts of a field. Without `required` or `invalid`, the text of the error code is shown. */
export interface FieldTexts {
  readonly label: string;
  readonly required?: string;
  readonly invalid?: string;
}

/** The texts of a screen: its heading, its introduction if it has one, and its button. */
interface ScreenTexts {
  readonly title: string;
  readonly submit: string;
}

/**
 * All texts in one language. `{email}`, `{wait}`, `{count}`, `{time}` and `{device}` stand for values. To change a few
 * texts, copy an object: `{ ...en, signIn: { ...en.signIn, title: 'Welcome back' } }`.
 */
export interface Messages {
  /** The language, as a BCP 47 tag. */
  readonly locale: string;
  readonly fields: Readonly<Record<FieldName, FieldTexts>>;
  readonly errors: Readonly<Record<FormErrorCode, string>>;
  /** What is wrong with a new password, and what is asked of one. */
  readonly passwordRules: Readonly<Record<PasswordRule, string>>;
  readonly common: {
    readonly optional: string;
    readonly showPassword: string;
    readonly hidePassword: string;
    readonly loading: string;
    readonly tryAgain: string;
    /** Shown when the time after `AUTH_ACCOUNT_LOCKED` or `AUTH_TOO_MANY_REQUESTS` is over. */
    readonly waitOver: string;
    readonly backToSignIn: string;
    readonly continue: string;
  };
  /** Shown after an email was requested. */
  readonly mail: {
    readonly title: string;
    readonly hint: string;
    readonly sendAgain: string;
    readonly sent: string;
    readonly otherAddress: string;
  };
  readonly signIn: ScreenTexts & {
    readonly forgotPassword: string;
    readonly noAccount: string;
    readonly signUp: string;
  };
  readonly signUp: ScreenTexts & {
    readonly sent: string;
    readonly haveAccount: string;
    readonly signIn: string;
  };
  readonly verifyEmail: ScreenTexts & {
    readonly text: string;
    readonly doneTitle: string;
    readonly done: string;
    readonly alreadyDone: string;
    readonly newLink: string;
  };
  readonly forgotPassword: ScreenTexts & { readonly text: string; readonly sent: string };
  readonly resetPassword: ScreenTexts & {
    readonly text: string;
    readonly doneTitle: string;
    readonly done: string;
    readonly newLink: string;
  };
  readonly acceptInvitation: ScreenTexts & {
    readonly text: string;
    readonly doneTitle: string;
    readonly done: string;
    readonly expired: string;
  };
  readonly changePassword: ScreenTexts & { readonly done: string };
  readonly changeEmail: ScreenTexts & { readonly text: string; readonly sent: string };
  readonly confirmEmailChange: ScreenTexts & {
    readonly text: string;
    readonly doneTitle: string;
    readonly done: string;
    readonly expired: string;
    readonly signInFirst: string;
  };
  readonly profile: ScreenTexts & {
    readonly edit: string;
    readonly saved: string;
    readonly name: string;
    readonly email: string;
    readonly verified: string;
    readonly unverified: string;
    readonly memberSince: string;
    readonly lastSignIn: string;
    readonly sendLink: string;
  };
  readonly sessions: {
    readonly title: string;
    readonly text: string;
    readonly unknownDevice: string;
    readonly current: string;
    readonly lastUsed: string;
    readonly end: string;
    readonly endDevice: string;
    readonly endOthers: string;
    readonly ended: string;
    readonly othersEnded: string;
  };
  readonly securityEvents: {
    readonly title: string;
    readonly text: string;
    readonly more: string;
    readonly events: Readonly<Record<SecurityEventName, string>>;
    /** An event without a text. */
    readonly other: string;
  };
  readonly account: {
    readonly title: string;
    readonly signOut: string;
    readonly signedOut: string;
    readonly signIn: string;
  };
}
