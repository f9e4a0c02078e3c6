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
  UpdateProfileMutation,
  UpdateProfileMutationVariables,
  SecurityEventsQuery,
  SecurityEventsQueryVariables,
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
  AuthSettingsQuery,
  AuthSettingsQueryVariables,
  LoginMutation,
  LoginMutationVariables,
  RegisterMutation,
  RegisterMutationVariables,
  AcceptInvitationMutation,
  AcceptInvitationMutationVariables,
} from './types.js';

const USER_FIELDS =
  'id firstName lastName displayName avatarUrl locale email emailVerified active roles createdAt lastLoginAt';
const SESSION_FIELDS = 'id deviceName userAgent ipAddress createdAt lastUsedAt expiresAt current';
const SIGNED_IN = `LoginSuccess{user{${USER_FIELDS}}session{${SESSION_FIELDS}}tokens{accessToken refreshToken}deviceToken}`;
const ERROR_FIELDS =
  'AuthError{code message ...on AccountLockedError{retryAfterSeconds}...on InvalidInputError{field}...on TooManyRequestsError{retryAfterSeconds}...on WeakPasswordError{violations}}';

/** Most mutations have one input and return a union with errors. Pages download what they have in common once. */
const mutation = (name: string, selection: string): string =>
  `mutation ${name}($input:${name}Input!){${name.charAt(0).toLowerCase()}${name.slice(1)}(input:$input){__typename ...on ${selection}...on ${ERROR_FIELDS}}}`;

export const VERIFY_EMAIL: TypedDocument<VerifyEmailMutation, VerifyEmailMutationVariables> = /* @__PURE__ */ mutation(
  'VerifyEmail',
  'EmailVerified{user{id}}',
);
export const RESEND_VERIFICATION: TypedDocument<ResendVerificationMutation, ResendVerificationMutationVariables> =
  /* @__PURE__ */ mutation('ResendVerification', 'MailRequested{email}');
export const CHANGE_EMAIL: TypedDocument<ChangeEmailMutation, ChangeEmailMutationVariables> = /* @__PURE__ */ mutation(
  'ChangeEmail',
  'MailRequested{email}',
);
export const CONFIRM_EMAIL_CHANGE: TypedDocument<ConfirmEmailChangeMutation, ConfirmEmailChangeMutationVariables> =
  /* @__PURE__ */ (() => mutation('ConfirmEmailChange', `EmailChanged{user{${USER_FIELDS}}}`))();
export const FORGOT_PASSWORD: TypedDocument<ForgotPasswordMutation, ForgotPasswordMutationVariables> =
  /* @__PURE__ */ mutation('ForgotPassword', 'MailRequested{email}');
export const RESET_PASSWORD: TypedDocument<ResetPasswordMutation, ResetPasswordMutationVariables> =
  /* @__PURE__ */ mutation('ResetPassword', 'PasswordChanged{user{id}}');
export const CHANGE_PASSWORD: TypedDocument<ChangePasswordMutation, ChangePasswordMutationVariables> =
  /* @__PURE__ */ mutation('ChangePassword', 'PasswordChanged{user{id}}');
export const ME: TypedDocument<MeQuery, MeQueryVariables> = /* @__PURE__ */ (() => `query Me{me{${USER_FIELDS}}}`)();
export const UPDATE_PROFILE: TypedDocument<UpdateProfileMutation, UpdateProfileMutationVariables> =
  /* @__PURE__ */ (() => mutation('UpdateProfile', `ProfileUpdated{user{${USER_FIELDS}}}`))();
export const SECURITY_EVENTS: TypedDocument<SecurityEventsQuery, SecurityEventsQueryVariables> = /* @__PURE__ */ (() =>
  'query SecurityEvents($first:Int$after:String$names:[String!]){me{id securityEvents(first:$first after:$after names:$names){nodes{id name occurredAt actor{kind}ipAddress userAgent deviceName sessionId details}pageInfo{hasNextPage endCursor}}}}')();
export const REFRESH: TypedDocument<RefreshMutation, RefreshMutationVariables> = /* @__PURE__ */ mutation(
  'Refresh',
  'LoginSuccess{tokens{accessToken refreshToken}}',
);
export const REFRESH_WITH_USER: TypedDocument<RefreshWithUserMutation, RefreshWithUserMutationVariables> =
  /* @__PURE__ */ (() =>
    `mutation RefreshWithUser($input:RefreshInput){refresh(input:$input){__typename ...on LoginSuccess{user{${USER_FIELDS}}tokens{accessToken}}...on ${ERROR_FIELDS}}}`)();
export const LOGOUT: TypedDocument<LogoutMutation, LogoutMutationVariables> = /* @__PURE__ */ (() =>
  `mutation Logout{logout{__typename ...on SessionRevoked{sessionId}...on ${ERROR_FIELDS}}}`)();
export const SESSIONS: TypedDocument<SessionsQuery, SessionsQueryVariables> = /* @__PURE__ */ (() =>
  `query Sessions{me{id sessions{${SESSION_FIELDS}}}}`)();
export const REVOKE_SESSION: TypedDocument<RevokeSessionMutation, RevokeSessionMutationVariables> =
  /* @__PURE__ */ mutation('RevokeSession', 'SessionRevoked{sessionId}');
export const REVOKE_OTHER_SESSIONS: TypedDocument<RevokeOtherSessionsMutation, RevokeOtherSessionsMutationVariables> =
  /* @__PURE__ */ (() =>
    'mutation RevokeOtherSessions{revokeOtherSessions{__typename ...on SessionsRevoked{count}}}')();
export const REVOKE_ALL_SESSIONS: TypedDocument<RevokeAllSessionsMutation, RevokeAllSessionsMutationVariables> =
  /* @__PURE__ */ (() => 'mutation RevokeAllSessions{revokeAllSessions{__typename ...on SessionsRevoked{count}}}')();
export const AUTH_SETTINGS: TypedDocument<AuthSettingsQuery, AuthSettingsQueryVariables> = /* @__PURE__ */ (() =>
  'query AuthSettings{authSettings{registrationEnabled emailVerificationRequired passwordMinLength passwordRules}}')();
export const LOGIN: TypedDocument<LoginMutation, LoginMutationVariables> = /* @__PURE__ */ mutation('Login', SIGNED_IN);
export const REGISTER: TypedDocument<RegisterMutation, RegisterMutationVariables> = /* @__PURE__ */ (() =>
  mutation('Register', `${SIGNED_IN}...on EmailVerificationRequired{email}`))();
export const ACCEPT_INVITATION: TypedDocument<AcceptInvitationMutation, AcceptInvitationMutationVariables> =
  /* @__PURE__ */ mutation('AcceptInvitation', SIGNED_IN);
