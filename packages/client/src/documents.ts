// Generated from schema.graphql and packages/client/operations by `npm run generate`.

import { parse, type DocumentNode } from 'graphql';
import {
  VERIFY_EMAIL,
  RESEND_VERIFICATION,
  CHANGE_EMAIL,
  CONFIRM_EMAIL_CHANGE,
  FORGOT_PASSWORD,
  RESET_PASSWORD,
  CHANGE_PASSWORD,
  ME,
  UPDATE_PROFILE,
  SECURITY_EVENTS,
  REFRESH,
  REFRESH_WITH_USER,
  LOGOUT,
  SESSIONS,
  REVOKE_SESSION,
  REVOKE_OTHER_SESSIONS,
  REVOKE_ALL_SESSIONS,
  AUTH_SETTINGS,
  LOGIN,
  REGISTER,
  ACCEPT_INVITATION,
} from './graphql/operations.js';
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
} from './graphql/types.js';

/** A document that clients with a cache accept, with the types of its result and its variables. */
export type DocumentOf<Result, Variables> = DocumentNode & { readonly __apiType?: (variables: Variables) => Result };

export const VerifyEmailDocument: DocumentOf<VerifyEmailMutation, VerifyEmailMutationVariables> = /* @__PURE__ */ parse(
  VERIFY_EMAIL.toString(),
);
export const ResendVerificationDocument: DocumentOf<ResendVerificationMutation, ResendVerificationMutationVariables> =
  /* @__PURE__ */ parse(RESEND_VERIFICATION.toString());
export const ChangeEmailDocument: DocumentOf<ChangeEmailMutation, ChangeEmailMutationVariables> = /* @__PURE__ */ parse(
  CHANGE_EMAIL.toString(),
);
export const ConfirmEmailChangeDocument: DocumentOf<ConfirmEmailChangeMutation, ConfirmEmailChangeMutationVariables> =
  /* @__PURE__ */ parse(CONFIRM_EMAIL_CHANGE.toString());
export const ForgotPasswordDocument: DocumentOf<ForgotPasswordMutation, ForgotPasswordMutationVariables> =
  /* @__PURE__ */ parse(FORGOT_PASSWORD.toString());
export const ResetPasswordDocument: DocumentOf<ResetPasswordMutation, ResetPasswordMutationVariables> =
  /* @__PURE__ */ parse(RESET_PASSWORD.toString());
export const ChangePasswordDocument: DocumentOf<ChangePasswordMutation, ChangePasswordMutationVariables> =
  /* @__PURE__ */ parse(CHANGE_PASSWORD.toString());
export const MeDocument: DocumentOf<MeQuery, MeQueryVariables> = /* @__PURE__ */ parse(ME.toString());
export const UpdateProfileDocument: DocumentOf<UpdateProfileMutation, UpdateProfileMutationVariables> =
  /* @__PURE__ */ parse(UPDATE_PROFILE.toString());
export const SecurityEventsDocument: DocumentOf<SecurityEventsQuery, SecurityEventsQueryVariables> =
  /* @__PURE__ */ parse(SECURITY_EVENTS.toString());
export const RefreshDocument: DocumentOf<RefreshMutation, RefreshMutationVariables> = /* @__PURE__ */ parse(
  REFRESH.toString(),
);
export const RefreshWithUserDocument: DocumentOf<RefreshWithUserMutation, RefreshWithUserMutationVariables> =
  /* @__PURE__ */ parse(REFRESH_WITH_USER.toString());
export const LogoutDocument: DocumentOf<LogoutMutation, LogoutMutationVariables> = /* @__PURE__ */ parse(
  LOGOUT.toString(),
);
export const SessionsDocument: DocumentOf<SessionsQuery, SessionsQueryVariables> = /* @__PURE__ */ parse(
  SESSIONS.toString(),
);
export const RevokeSessionDocument: DocumentOf<RevokeSessionMutation, RevokeSessionMutationVariables> =
  /* @__PURE__ */ parse(REVOKE_SESSION.toString());
export const RevokeOtherSessionsDocument: DocumentOf<
  RevokeOtherSessionsMutation,
  RevokeOtherSessionsMutationVariables
> = /* @__PURE__ */ parse(REVOKE_OTHER_SESSIONS.toString());
export const RevokeAllSessionsDocument: DocumentOf<RevokeAllSessionsMutation, RevokeAllSessionsMutationVariables> =
  /* @__PURE__ */ parse(REVOKE_ALL_SESSIONS.toString());
export const AuthSettingsDocument: DocumentOf<AuthSettingsQuery, AuthSettingsQueryVariables> = /* @__PURE__ */ parse(
  AUTH_SETTINGS.toString(),
);
export const LoginDocument: DocumentOf<LoginMutation, LoginMutationVariables> = /* @__PURE__ */ parse(LOGIN.toString());
export const RegisterDocument: DocumentOf<RegisterMutation, RegisterMutationVariables> = /* @__PURE__ */ parse(
  REGISTER.toString(),
);
export const AcceptInvitationDocument: DocumentOf<AcceptInvitationMutation, AcceptInvitationMutationVariables> =
  /* @__PURE__ */ parse(ACCEPT_INVITATION.toString());
