export { createAuthClient } from './core/create-auth-client.js';
export { AuthRequestError, type ResponseError } from './core/auth-request-error.js';
export { onSignedOut } from './core/on-signed-out.js';
export { webStorage, type TokenStorage, type WebStorage } from './core/token-storage.js';
export type { AuthState } from './core/auth-state.js';
export type { TypedDocument } from './graphql/typed-document.js';
export type {
  AcceptInvitationResult,
  AccessTokenOptions,
  AuthClient,
  AuthClientOptions,
  AuthOperations,
  AuthSecurityEvent,
  AuthSession,
  AuthUser,
  ChangeEmailResult,
  ChangePasswordResult,
  ConfirmEmailChangeResult,
  ForgotPasswordResult,
  LoginResult,
  RegisterResult,
  ResendVerificationResult,
  ResetPasswordResult,
  RevokeAllSessionsResult,
  RevokeOtherSessionsResult,
  RevokeSessionResult,
  UpdateProfileResult,
  VerifyEmailResult,
} from './core/auth-client.types.js';
export type * from './graphql/public-types.js';
