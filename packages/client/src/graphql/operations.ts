// Generated from schema.graphql and packages/client/operations by `npm run generate`.

import type { TypedDocument } from './typed-document.js';
import type {
  VerifyEmailMutation,
  VerifyEmailMutationVariables,
  ResendVerificationMutation,
  ResendVerificationMutationVariables,
  ChangeEmailMutation,
  ChangeEmailMutationVariables,
  ConfirmEmailChangeMutation,
  ConfirmEmailChangeMutationVariables,
  ForgotPasswordMutation,
  ForgotPasswordMutationVariables,
  ResetPasswordMutation,
  ResetPasswordMutationVariables,
  ChangePasswordMutation,
  ChangePasswordMutationVariables,
  MeQuery,
  MeQueryVariables,
  RefreshMutation,
  RefreshMutationVariables,
  RefreshWithUserMutation,
  RefreshWithUserMutationVariables,
  LogoutMutation,
  LogoutMutationVariables,
  SessionsQuery,
  SessionsQueryVariables,
  RevokeSessionMutation,
  RevokeSessionMutationVariables,
  RevokeOtherSessionsMutation,
  RevokeOtherSessionsMutationVariables,
  RevokeAllSessionsMutation,
  RevokeAllSessionsMutationVariables,
  LoginMutation,
  LoginMutationVariables,
  RegisterMutation,
  RegisterMutationVariables,
} from './types.js';

const USER_FIELDS =
  'fragment UserFields on User{id firstName lastName email emailVerified active roles createdAt lastLoginAt}';
const SESSION_FIELDS =
  'fragment SessionFields on AuthSession{id deviceName userAgent ipAddress createdAt lastUsedAt expiresAt current}';
const SIGNED_IN =
  'fragment SignedIn on LoginSuccess{user{...UserFields}session{...SessionFields}tokens{accessToken refreshToken}deviceToken}';
const ERROR_FIELDS =
  'fragment ErrorFields on AuthError{code message ...on AccountLockedError{retryAfterSeconds}...on InvalidInputError{field}...on TooManyRequestsError{retryAfterSeconds}...on WeakPasswordError{violations}}';

export const VERIFY_EMAIL: TypedDocument<VerifyEmailMutation, VerifyEmailMutationVariables> = /* @__PURE__ */ [
  'mutation VerifyEmail($input:VerifyEmailInput!){verifyEmail(input:$input){__typename ...on EmailVerified{user{id}}...ErrorFields}}',
  ERROR_FIELDS,
].join('');
export const RESEND_VERIFICATION: TypedDocument<ResendVerificationMutation, ResendVerificationMutationVariables> =
  /* @__PURE__ */ [
    'mutation ResendVerification($input:ResendVerificationInput!){resendVerification(input:$input){__typename ...on MailRequested{email}...ErrorFields}}',
    ERROR_FIELDS,
  ].join('');
export const CHANGE_EMAIL: TypedDocument<ChangeEmailMutation, ChangeEmailMutationVariables> = /* @__PURE__ */ [
  'mutation ChangeEmail($input:ChangeEmailInput!){changeEmail(input:$input){__typename ...on MailRequested{email}...ErrorFields}}',
  ERROR_FIELDS,
].join('');
export const CONFIRM_EMAIL_CHANGE: TypedDocument<ConfirmEmailChangeMutation, ConfirmEmailChangeMutationVariables> =
  /* @__PURE__ */ [
    'mutation ConfirmEmailChange($input:ConfirmEmailChangeInput!){confirmEmailChange(input:$input){__typename ...on EmailChanged{user{...UserFields}}...ErrorFields}}',
    USER_FIELDS,
    ERROR_FIELDS,
  ].join('');
export const FORGOT_PASSWORD: TypedDocument<ForgotPasswordMutation, ForgotPasswordMutationVariables> = /* @__PURE__ */ [
  'mutation ForgotPassword($input:ForgotPasswordInput!){forgotPassword(input:$input){__typename ...on MailRequested{email}...ErrorFields}}',
  ERROR_FIELDS,
].join('');
export const RESET_PASSWORD: TypedDocument<ResetPasswordMutation, ResetPasswordMutationVariables> = /* @__PURE__ */ [
  'mutation ResetPassword($input:ResetPasswordInput!){resetPassword(input:$input){__typename ...on PasswordChanged{user{id}}...ErrorFields}}',
  ERROR_FIELDS,
].join('');
export const CHANGE_PASSWORD: TypedDocument<ChangePasswordMutation, ChangePasswordMutationVariables> = /* @__PURE__ */ [
  'mutation ChangePassword($input:ChangePasswordInput!){changePassword(input:$input){__typename ...on PasswordChanged{user{id}}...ErrorFields}}',
  ERROR_FIELDS,
].join('');
export const ME: TypedDocument<MeQuery, MeQueryVariables> = /* @__PURE__ */ [
  'query Me{me{...UserFields}}',
  USER_FIELDS,
].join('');
export const REFRESH: TypedDocument<RefreshMutation, RefreshMutationVariables> = /* @__PURE__ */ [
  'mutation Refresh($input:RefreshInput){refresh(input:$input){__typename ...on LoginSuccess{user{id}session{id}tokens{accessToken refreshToken}}...ErrorFields}}',
  ERROR_FIELDS,
].join('');
export const REFRESH_WITH_USER: TypedDocument<RefreshWithUserMutation, RefreshWithUserMutationVariables> =
  /* @__PURE__ */ [
    'mutation RefreshWithUser($input:RefreshInput){refresh(input:$input){__typename ...on LoginSuccess{user{...UserFields}tokens{accessToken}}...ErrorFields}}',
    USER_FIELDS,
    ERROR_FIELDS,
  ].join('');
export const LOGOUT: TypedDocument<LogoutMutation, LogoutMutationVariables> = /* @__PURE__ */ [
  'mutation Logout{logout{__typename ...on SessionRevoked{sessionId}...ErrorFields}}',
  ERROR_FIELDS,
].join('');
export const SESSIONS: TypedDocument<SessionsQuery, SessionsQueryVariables> = /* @__PURE__ */ [
  'query Sessions{me{id sessions{...SessionFields}}}',
  SESSION_FIELDS,
].join('');
export const REVOKE_SESSION: TypedDocument<RevokeSessionMutation, RevokeSessionMutationVariables> = /* @__PURE__ */ [
  'mutation RevokeSession($input:RevokeSessionInput!){revokeSession(input:$input){__typename ...on SessionRevoked{sessionId}...ErrorFields}}',
  ERROR_FIELDS,
].join('');
export const REVOKE_OTHER_SESSIONS: TypedDocument<RevokeOtherSessionsMutation, RevokeOtherSessionsMutationVariables> =
  'mutation RevokeOtherSessions{revokeOtherSessions{__typename ...on SessionsRevoked{count}}}';
export const REVOKE_ALL_SESSIONS: TypedDocument<RevokeAllSessionsMutation, RevokeAllSessionsMutationVariables> =
  'mutation RevokeAllSessions{revokeAllSessions{__typename ...on SessionsRevoked{count}}}';
export const LOGIN: TypedDocument<LoginMutation, LoginMutationVariables> = /* @__PURE__ */ [
  'mutation Login($input:LoginInput!){login(input:$input){__typename ...SignedIn ...ErrorFields}}',
  USER_FIELDS,
  SESSION_FIELDS,
  SIGNED_IN,
  ERROR_FIELDS,
].join('');
export const REGISTER: TypedDocument<RegisterMutation, RegisterMutationVariables> = /* @__PURE__ */ [
  'mutation Register($input:RegisterInput!){register(input:$input){__typename ...SignedIn ...on EmailVerificationRequired{email}...ErrorFields}}',
  USER_FIELDS,
  SESSION_FIELDS,
  SIGNED_IN,
  ERROR_FIELDS,
].join('');
