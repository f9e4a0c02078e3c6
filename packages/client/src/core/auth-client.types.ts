import type {
  AcceptInvitationInput,
  AcceptInvitationMutation,
  ChangeEmailInput,
  ChangeEmailMutation,
  ChangePasswordInput,
  ChangePasswordMutation,
  ConfirmEmailChangeInput,
  ConfirmEmailChangeMutation,
  ForgotPasswordInput,
  ForgotPasswordMutation,
  LoginInput,
  LoginMutation,
  MeQuery,
  RegisterInput,
  RegisterMutation,
  ResendVerificationInput,
  ResendVerificationMutation,
  ResetPasswordInput,
  ResetPasswordMutation,
  RevokeAllSessionsMutation,
  RevokeOtherSessionsMutation,
  RevokeSessionInput,
  RevokeSessionMutation,
  SecurityEventsQuery,
  SessionsQuery,
  UpdateProfileMutation,
  VerifyEmailInput,
  VerifyEmailMutation,
} from '../graphql/types.js';
import type { AuthState } from './auth-state.js';
import type { TokenStorage } from './token-storage.js';
import type { TypedDocument } from '../graphql/typed-document.js';

export interface AuthClientOptions {
  /** The address of the gateway. A page may give a path, such as `/graphql`. */
  readonly url: string;
  /**
   * Where the refresh token is: in the HttpOnly cookie that the service sets (`REFRESH_COOKIE_ENABLED`), which is for
   * pages, or in `storage`, which is for apps and for services without the cookie.
   * @default 'token'
   */
  readonly mode?: 'cookie' | 'token' | undefined;
  /**
   * Keeps the refresh token in token mode, and device tokens in both modes. In cookie mode it also keeps a sign-out that the
   * service has not received.
   * @default a `Map` in token mode, which a reload empties; `webStorage(() => localStorage)` in cookie mode
   */
  readonly storage?: TokenStorage | undefined;
  /**
   * Sends the requests. It is called with a URL and an `init`, or with a `Request`, and must pass on the `signal`.
   * @default the global `fetch`
   */
  readonly fetch?: typeof fetch | undefined;
  /**
   * The beginning of the keys in the storage, and the end of the names of the lock and the channel between tabs, such as
   * `auth-subgraph:auth`.
   * @default 'auth'
   */
  readonly name?: string | undefined;
  /**
   * How many seconds before its end an access token is replaced; at most half of its lifetime.
   * @default 30
   */
  readonly refreshMarginSeconds?: number | undefined;
}

export interface AccessTokenOptions {
  /** Whether to refresh even if the present token is still valid. */
  readonly fresh?: boolean | undefined;
  /** A token that a server has rejected; refreshes unless there is already another one. */
  readonly rejected?: string | undefined;
  /**
   * Whether to ask the service although the client waits after a failure, unless the service has asked it to wait. For a
   * button that the user presses.
   */
  readonly tryAgain?: boolean | undefined;
}

export type ResultOf<Data> = NonNullable<Data[keyof Data]>;
/** The client keeps the tokens to itself, so that none ends up in a cache or a log. */
export type WithoutTokens<Result> = Result extends { readonly tokens: unknown }
  ? Omit<Result, 'tokens' | 'deviceToken'>
  : Result;

export type LoginResult = WithoutTokens<ResultOf<LoginMutation>>;
export type RegisterResult = WithoutTokens<ResultOf<RegisterMutation>>;
export type AcceptInvitationResult = WithoutTokens<ResultOf<AcceptInvitationMutation>>;
export type VerifyEmailResult = ResultOf<VerifyEmailMutation>;
export type ResendVerificationResult = ResultOf<ResendVerificationMutation>;
export type ForgotPasswordResult = ResultOf<ForgotPasswordMutation>;
export type ResetPasswordResult = ResultOf<ResetPasswordMutation>;
export type ChangePasswordResult = ResultOf<ChangePasswordMutation>;
export type ChangeEmailResult = ResultOf<ChangeEmailMutation>;
export type ConfirmEmailChangeResult = ResultOf<ConfirmEmailChangeMutation>;
export type UpdateProfileResult = ResultOf<UpdateProfileMutation>;
export type RevokeSessionResult = ResultOf<RevokeSessionMutation>;
export type RevokeOtherSessionsResult = ResultOf<RevokeOtherSessionsMutation>;
export type RevokeAllSessionsResult = ResultOf<RevokeAllSessionsMutation>;
export type AuthUser = ResultOf<MeQuery>;
export type AuthSecurityEvent = NonNullable<ResultOf<SecurityEventsQuery>['securityEvents']>['nodes'][number];
export type AuthSession = NonNullable<ResultOf<SessionsQuery>['sessions']>[number];

/**
 * The operations of the service. A mutation resolves to its union, with every failure that a form can show.
 * @throws AuthRequestError what no form can show, such as a missing network
 */
export interface AuthOperations {
  register(input: RegisterInput): Promise<RegisterResult>;
  login(input: LoginInput): Promise<LoginResult>;
  /** Sets the first password of an invited user, and signs in. */
  acceptInvitation(input: AcceptInvitationInput): Promise<AcceptInvitationResult>;
  verifyEmail(input: VerifyEmailInput): Promise<VerifyEmailResult>;
  resendVerification(input: ResendVerificationInput): Promise<ResendVerificationResult>;
  forgotPassword(input: ForgotPasswordInput): Promise<ForgotPasswordResult>;
  resetPassword(input: ResetPasswordInput): Promise<ResetPasswordResult>;
  changePassword(input: ChangePasswordInput): Promise<ChangePasswordResult>;
  changeEmail(input: ChangeEmailInput): Promise<ChangeEmailResult>;
  confirmEmailChange(input: ConfirmEmailChangeInput): Promise<ConfirmEmailChangeResult>;
  revokeSession(input: RevokeSessionInput): Promise<RevokeSessionResult>;
  revokeOtherSessions(): Promise<RevokeOtherSessionsResult>;
  /** Ends the session of this client too; the state follows. */
  revokeAllSessions(): Promise<RevokeAllSessionsResult>;
  me(): Promise<AuthUser>;
  sessions(): Promise<readonly AuthSession[]>;
  /**
   * Signs out of every tab at once, even without a network. The service is told as soon as it can be reached.
   * @throws the error of a storage that does not remove the refresh token; the user is signed out all the same, and the next
   * call tries again
   */
  logout(): Promise<void>;
}

export interface AuthClient extends AuthOperations {
  readonly state: AuthState;
  /** The access token, unless it needs a refresh or nobody is signed in. */
  readonly accessToken: string | undefined;
  /** Calls the listener after every change of `state`, until the returned function is called. */
  readonly subscribe: (listener: () => void) => () => void;
  /** Finds out who is signed in. Resolves to `unknown` if the service is unreachable in cookie mode. */
  ready(): Promise<AuthState>;
  /**
   * A valid access token, or undefined if nobody is signed in.
   * @throws AuthRequestError a refresh is needed, and the service is unreachable
   */
  getAccessToken(options?: AccessTokenOptions): Promise<string | undefined>;
  /**
   * A `fetch` that sends the access token to the origin of the gateway. Repeats an operation once, with another token, if
   * the token was rejected and nothing has run.
   */
  readonly fetch: typeof fetch;
  /**
   * Runs an operation with the access token.
   * @throws AuthRequestError the response has errors, or there is none
   */
  request<Result, Variables>(document: TypedDocument<Result, Variables>, variables: Variables): Promise<Result>;
  /** Stops timers and listeners. The session stays open. */
  dispose(): void;
}
