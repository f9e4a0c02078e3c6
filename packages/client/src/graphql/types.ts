// Generated from schema.graphql and packages/client/operations by `npm run generate`.
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** The kinds of actors. */
export type AuthActorKind =
  /** The user of the account. */
  | 'USER'
  /** An operator, who manages users. */
  | 'OPERATOR'
  /** A program with a service account. */
  | 'SERVICE'
  /** The service itself, or its command line. */
  | 'SYSTEM'
  /** Someone who did not have to sign in. */
  | 'ANONYMOUS';

/** A rule for new passwords. */
export type PasswordRule =
  | 'MIN_LENGTH'
  | 'MAX_LENGTH'
  | 'UPPERCASE'
  | 'LOWERCASE'
  | 'NUMBER'
  | 'SPECIAL_CHARACTER'
  /** The password is common, predictable or known from a breach. */
  | 'COMMON_PASSWORD'
  | 'CONTAINS_EMAIL'
  | 'REUSED';

/** A stable code for each expected error. Branch on the code, never on the message. */
export type AuthErrorCode =
  | 'AUTH_INVALID_CREDENTIALS'
  | 'AUTH_EMAIL_ALREADY_EXISTS'
  | 'AUTH_REGISTRATION_DISABLED'
  | 'AUTH_WEAK_PASSWORD'
  | 'AUTH_INVALID_TOKEN'
  | 'AUTH_ACCOUNT_LOCKED'
  | 'AUTH_EMAIL_NOT_VERIFIED'
  | 'AUTH_EMAIL_ALREADY_VERIFIED'
  | 'AUTH_SESSION_NOT_FOUND'
  | 'AUTH_INVALID_INPUT'
  | 'AUTH_TOO_MANY_REQUESTS';

export type ChangeEmailInput = {
  readonly newEmail: string;
  readonly currentPassword: string;
};

export type ConfirmEmailChangeInput = {
  /** The token from the link in the email. */
  readonly token: string;
};

export type VerifyEmailInput = {
  /** The token from the link in the email. */
  readonly token: string;
};

export type ResendVerificationInput = {
  readonly email: string;
};

export type AcceptInvitationInput = {
  /** The token from the link in the email. */
  readonly token: string;
  readonly password: string;
  /** Replaces the name in the invitation. */
  readonly firstName?: string | null | undefined;
  /** Replaces the name in the invitation. */
  readonly lastName?: string | null | undefined;
};

export type LoginInput = {
  readonly email: string;
  readonly password: string;
  /** The device token from an earlier sign-in. Wrong passwords from other devices do not lock this one. */
  readonly deviceToken?: string | null | undefined;
};

export type ForgotPasswordInput = {
  readonly email: string;
};

export type ResetPasswordInput = {
  /** The token from the link in the email. */
  readonly token: string;
  readonly newPassword: string;
};

export type ChangePasswordInput = {
  readonly currentPassword: string;
  readonly newPassword: string;
};

export type UpdateProfileInput = {
  readonly firstName?: string | null | undefined;
  readonly lastName?: string | null | undefined;
  /** What the user wants to be called. */
  readonly displayName?: string | null | undefined;
  /** The https address of a picture, at most 2048 characters. */
  readonly avatarUrl?: string | null | undefined;
  /** A BCP 47 tag such as `de-AT`. */
  readonly locale?: string | null | undefined;
  /** Replaces keys one by one: null removes a key, and an absent one stays. Null instead of an object changes nothing. */
  readonly preferences?: Readonly<Record<string, unknown>> | null | undefined;
};

export type RegisterInput = {
  readonly email: string;
  readonly password: string;
  readonly firstName?: string | null | undefined;
  readonly lastName?: string | null | undefined;
  /** What the user wants to be called. */
  readonly displayName?: string | null | undefined;
  /** A BCP 47 tag such as `de-AT`, so that the first email is in the language of the user. */
  readonly locale?: string | null | undefined;
};

export type RefreshInput = {
  readonly refreshToken?: string | null | undefined;
};

export type RevokeSessionInput = {
  readonly sessionId: string;
};

export type VerifyEmailMutationVariables = Exact<{
  input: VerifyEmailInput;
}>;

export type VerifyEmailMutation = {
  readonly verifyEmail:
    | { readonly __typename: 'EmailVerified'; readonly user: { readonly id: string } }
    | ({ readonly __typename: 'InvalidTokenError' } & ErrorFields_InvalidTokenError_Fragment)
    | ({ readonly __typename: 'EmailAlreadyVerifiedError' } & ErrorFields_EmailAlreadyVerifiedError_Fragment)
    | ({ readonly __typename: 'TooManyRequestsError' } & ErrorFields_TooManyRequestsError_Fragment)
    | null;
};

export type ResendVerificationMutationVariables = Exact<{
  input: ResendVerificationInput;
}>;

export type ResendVerificationMutation = {
  readonly resendVerification:
    | { readonly __typename: 'MailRequested'; readonly email: string }
    | ({ readonly __typename: 'InvalidInputError' } & ErrorFields_InvalidInputError_Fragment)
    | ({ readonly __typename: 'TooManyRequestsError' } & ErrorFields_TooManyRequestsError_Fragment)
    | null;
};

export type ChangeEmailMutationVariables = Exact<{
  input: ChangeEmailInput;
}>;

export type ChangeEmailMutation = {
  readonly changeEmail:
    | { readonly __typename: 'MailRequested'; readonly email: string }
    | ({ readonly __typename: 'InvalidCredentialsError' } & ErrorFields_InvalidCredentialsError_Fragment)
    | ({ readonly __typename: 'InvalidInputError' } & ErrorFields_InvalidInputError_Fragment)
    | ({ readonly __typename: 'TooManyRequestsError' } & ErrorFields_TooManyRequestsError_Fragment)
    | null;
};

export type ConfirmEmailChangeMutationVariables = Exact<{
  input: ConfirmEmailChangeInput;
}>;

export type ConfirmEmailChangeMutation = {
  readonly confirmEmailChange:
    | { readonly __typename: 'EmailChanged'; readonly user: UserFieldsFragment }
    | ({ readonly __typename: 'InvalidTokenError' } & ErrorFields_InvalidTokenError_Fragment)
    | ({ readonly __typename: 'EmailAlreadyExistsError' } & ErrorFields_EmailAlreadyExistsError_Fragment)
    | ({ readonly __typename: 'EmailAlreadyVerifiedError' } & ErrorFields_EmailAlreadyVerifiedError_Fragment)
    | ({ readonly __typename: 'TooManyRequestsError' } & ErrorFields_TooManyRequestsError_Fragment)
    | null;
};

export type UserFieldsFragment = {
  readonly id: string;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly displayName: string | null;
  readonly avatarUrl: string | null;
  readonly locale: string | null;
  readonly email: string | null;
  readonly emailVerified: boolean | null;
  readonly active: boolean | null;
  readonly roles: ReadonlyArray<string> | null;
  readonly createdAt: string | null;
  readonly lastLoginAt: string | null;
};

export type SessionFieldsFragment = {
  readonly id: string;
  readonly deviceName: string | null;
  readonly userAgent: string | null;
  readonly ipAddress: string | null;
  readonly createdAt: string;
  readonly lastUsedAt: string;
  readonly expiresAt: string;
  readonly current: boolean;
};

export type SignedInFragment = {
  readonly deviceToken: string | null;
  readonly user: UserFieldsFragment;
  readonly session: SessionFieldsFragment;
  readonly tokens: { readonly accessToken: string; readonly refreshToken: string | null };
};

type ErrorFields_InvalidCredentialsError_Fragment = { readonly code: AuthErrorCode; readonly message: string };

type ErrorFields_InvalidInputError_Fragment = {
  readonly field: string;
  readonly code: AuthErrorCode;
  readonly message: string;
};

type ErrorFields_TooManyRequestsError_Fragment = {
  readonly retryAfterSeconds: number;
  readonly code: AuthErrorCode;
  readonly message: string;
};

type ErrorFields_InvalidTokenError_Fragment = { readonly code: AuthErrorCode; readonly message: string };

type ErrorFields_EmailAlreadyExistsError_Fragment = { readonly code: AuthErrorCode; readonly message: string };

type ErrorFields_EmailAlreadyVerifiedError_Fragment = { readonly code: AuthErrorCode; readonly message: string };

type ErrorFields_WeakPasswordError_Fragment = {
  readonly violations: ReadonlyArray<PasswordRule>;
  readonly code: AuthErrorCode;
  readonly message: string;
};

type ErrorFields_AccountLockedError_Fragment = {
  readonly retryAfterSeconds: number;
  readonly code: AuthErrorCode;
  readonly message: string;
};

type ErrorFields_EmailNotVerifiedError_Fragment = { readonly code: AuthErrorCode; readonly message: string };

type ErrorFields_RegistrationDisabledError_Fragment = { readonly code: AuthErrorCode; readonly message: string };

type ErrorFields_SessionNotFoundError_Fragment = { readonly code: AuthErrorCode; readonly message: string };

export type ErrorFieldsFragment =
  | ErrorFields_InvalidCredentialsError_Fragment
  | ErrorFields_InvalidInputError_Fragment
  | ErrorFields_TooManyRequestsError_Fragment
  | ErrorFields_InvalidTokenError_Fragment
  | ErrorFields_EmailAlreadyExistsError_Fragment
  | ErrorFields_EmailAlreadyVerifiedError_Fragment
  | ErrorFields_WeakPasswordError_Fragment
  | ErrorFields_AccountLockedError_Fragment
  | ErrorFields_EmailNotVerifiedError_Fragment
  | ErrorFields_RegistrationDisabledError_Fragment
  | ErrorFields_SessionNotFoundError_Fragment;

export type ForgotPasswordMutationVariables = Exact<{
  input: ForgotPasswordInput;
}>;

export type ForgotPasswordMutation = {
  readonly forgotPassword:
    | { readonly __typename: 'MailRequested'; readonly email: string }
    | ({ readonly __typename: 'InvalidInputError' } & ErrorFields_InvalidInputError_Fragment)
    | ({ readonly __typename: 'TooManyRequestsError' } & ErrorFields_TooManyRequestsError_Fragment)
    | null;
};

export type ResetPasswordMutationVariables = Exact<{
  input: ResetPasswordInput;
}>;

export type ResetPasswordMutation = {
  readonly resetPassword:
    | { readonly __typename: 'PasswordChanged'; readonly user: { readonly id: string } }
    | ({ readonly __typename: 'InvalidTokenError' } & ErrorFields_InvalidTokenError_Fragment)
    | ({ readonly __typename: 'WeakPasswordError' } & ErrorFields_WeakPasswordError_Fragment)
    | ({ readonly __typename: 'TooManyRequestsError' } & ErrorFields_TooManyRequestsError_Fragment)
    | null;
};

export type ChangePasswordMutationVariables = Exact<{
  input: ChangePasswordInput;
}>;

export type ChangePasswordMutation = {
  readonly changePassword:
    | { readonly __typename: 'PasswordChanged'; readonly user: { readonly id: string } }
    | ({ readonly __typename: 'InvalidCredentialsError' } & ErrorFields_InvalidCredentialsError_Fragment)
    | ({ readonly __typename: 'WeakPasswordError' } & ErrorFields_WeakPasswordError_Fragment)
    | ({ readonly __typename: 'TooManyRequestsError' } & ErrorFields_TooManyRequestsError_Fragment)
    | null;
};

export type MeQueryVariables = Exact<{ [key: string]: never }>;

export type MeQuery = { readonly me: UserFieldsFragment | null };

export type UpdateProfileMutationVariables = Exact<{
  input: UpdateProfileInput;
}>;

export type UpdateProfileMutation = {
  readonly updateProfile:
    | { readonly __typename: 'ProfileUpdated'; readonly user: UserFieldsFragment }
    | ({ readonly __typename: 'InvalidInputError' } & ErrorFields_InvalidInputError_Fragment)
    | ({ readonly __typename: 'TooManyRequestsError' } & ErrorFields_TooManyRequestsError_Fragment)
    | null;
};

export type SecurityEventsQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  names?: ReadonlyArray<string> | string | null | undefined;
}>;

export type SecurityEventsQuery = {
  readonly me: {
    readonly id: string;
    readonly securityEvents: {
      readonly nodes: ReadonlyArray<{
        readonly id: string;
        readonly name: string;
        readonly occurredAt: string;
        readonly ipAddress: string | null;
        readonly userAgent: string | null;
        readonly deviceName: string | null;
        readonly sessionId: string | null;
        readonly details: Readonly<Record<string, unknown>> | null;
        readonly actor: { readonly kind: AuthActorKind };
      }>;
      readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
    } | null;
  } | null;
};

export type RefreshMutationVariables = Exact<{
  input: RefreshInput;
}>;

export type RefreshMutation = {
  readonly refresh:
    | {
        readonly __typename: 'LoginSuccess';
        readonly tokens: { readonly accessToken: string; readonly refreshToken: string | null };
      }
    | ({ readonly __typename: 'InvalidTokenError' } & ErrorFields_InvalidTokenError_Fragment)
    | ({ readonly __typename: 'TooManyRequestsError' } & ErrorFields_TooManyRequestsError_Fragment)
    | null;
};

export type RefreshWithUserMutationVariables = Exact<{
  input?: RefreshInput | null | undefined;
}>;

export type RefreshWithUserMutation = {
  readonly refresh:
    | {
        readonly __typename: 'LoginSuccess';
        readonly user: UserFieldsFragment;
        readonly tokens: { readonly accessToken: string };
      }
    | ({ readonly __typename: 'InvalidTokenError' } & ErrorFields_InvalidTokenError_Fragment)
    | ({ readonly __typename: 'TooManyRequestsError' } & ErrorFields_TooManyRequestsError_Fragment)
    | null;
};

export type LogoutMutationVariables = Exact<{ [key: string]: never }>;

export type LogoutMutation = {
  readonly logout:
    | { readonly __typename: 'SessionRevoked'; readonly sessionId: string }
    | ({ readonly __typename: 'SessionNotFoundError' } & ErrorFields_SessionNotFoundError_Fragment)
    | null;
};

export type SessionsQueryVariables = Exact<{ [key: string]: never }>;

export type SessionsQuery = {
  readonly me: { readonly id: string; readonly sessions: ReadonlyArray<SessionFieldsFragment> | null } | null;
};

export type RevokeSessionMutationVariables = Exact<{
  input: RevokeSessionInput;
}>;

export type RevokeSessionMutation = {
  readonly revokeSession:
    | { readonly __typename: 'SessionRevoked'; readonly sessionId: string }
    | ({ readonly __typename: 'SessionNotFoundError' } & ErrorFields_SessionNotFoundError_Fragment)
    | null;
};

export type RevokeOtherSessionsMutationVariables = Exact<{ [key: string]: never }>;

export type RevokeOtherSessionsMutation = {
  readonly revokeOtherSessions: { readonly __typename: 'SessionsRevoked'; readonly count: number } | null;
};

export type RevokeAllSessionsMutationVariables = Exact<{ [key: string]: never }>;

export type RevokeAllSessionsMutation = {
  readonly revokeAllSessions: { readonly __typename: 'SessionsRevoked'; readonly count: number } | null;
};

export type AuthSettingsQueryVariables = Exact<{ [key: string]: never }>;

export type AuthSettingsQuery = {
  readonly authSettings: {
    readonly registrationEnabled: boolean;
    readonly emailVerificationRequired: boolean;
    readonly passwordMinLength: number;
    readonly passwordRules: ReadonlyArray<PasswordRule>;
  } | null;
};

export type LoginMutationVariables = Exact<{
  input: LoginInput;
}>;

export type LoginMutation = {
  readonly login:
    | ({ readonly __typename: 'LoginSuccess' } & SignedInFragment)
    | ({ readonly __typename: 'InvalidCredentialsError' } & ErrorFields_InvalidCredentialsError_Fragment)
    | ({ readonly __typename: 'AccountLockedError' } & ErrorFields_AccountLockedError_Fragment)
    | ({ readonly __typename: 'EmailNotVerifiedError' } & ErrorFields_EmailNotVerifiedError_Fragment)
    | ({ readonly __typename: 'InvalidInputError' } & ErrorFields_InvalidInputError_Fragment)
    | ({ readonly __typename: 'TooManyRequestsError' } & ErrorFields_TooManyRequestsError_Fragment)
    | null;
};

export type RegisterMutationVariables = Exact<{
  input: RegisterInput;
}>;

export type RegisterMutation = {
  readonly register:
    | ({ readonly __typename: 'LoginSuccess' } & SignedInFragment)
    | { readonly __typename: 'EmailVerificationRequired'; readonly email: string }
    | ({ readonly __typename: 'EmailAlreadyExistsError' } & ErrorFields_EmailAlreadyExistsError_Fragment)
    | ({ readonly __typename: 'RegistrationDisabledError' } & ErrorFields_RegistrationDisabledError_Fragment)
    | ({ readonly __typename: 'WeakPasswordError' } & ErrorFields_WeakPasswordError_Fragment)
    | ({ readonly __typename: 'InvalidInputError' } & ErrorFields_InvalidInputError_Fragment)
    | ({ readonly __typename: 'TooManyRequestsError' } & ErrorFields_TooManyRequestsError_Fragment)
    | null;
};

export type AcceptInvitationMutationVariables = Exact<{
  input: AcceptInvitationInput;
}>;

export type AcceptInvitationMutation = {
  readonly acceptInvitation:
    | ({ readonly __typename: 'LoginSuccess' } & SignedInFragment)
    | ({ readonly __typename: 'InvalidTokenError' } & ErrorFields_InvalidTokenError_Fragment)
    | ({ readonly __typename: 'WeakPasswordError' } & ErrorFields_WeakPasswordError_Fragment)
    | ({ readonly __typename: 'InvalidInputError' } & ErrorFields_InvalidInputError_Fragment)
    | ({ readonly __typename: 'TooManyRequestsError' } & ErrorFields_TooManyRequestsError_Fragment)
    | null;
};
