'use client';

export { AuthUi, type AuthUiProps } from './provider/auth-ui.js';
export type { AuthLinks, AuthPart, AuthUiSettings, HeadingLevel } from './provider/ui-context.js';
export { useErrorTexts, type ErrorContext } from './provider/use-error-texts.js';
export type { AuthSlots, ScreenProps } from './parts/screen.types.js';

export { SignIn, type SignInProps } from './screens/sign-in.js';
export { SignUp, type SignUpProps } from './screens/sign-up.js';
export { VerifyEmail, type VerifyEmailProps } from './screens/verify-email.js';
export { ForgotPassword, type ForgotPasswordProps } from './screens/forgot-password.js';
export { ResetPassword, type ResetPasswordProps } from './screens/reset-password.js';
export { AcceptInvitation, type AcceptInvitationProps } from './screens/accept-invitation.js';
export { ChangePassword, type ChangePasswordProps } from './screens/change-password.js';
export { ChangeEmail, type ChangeEmailProps } from './screens/change-email.js';
export { ConfirmEmailChange, type ConfirmEmailChangeProps } from './screens/confirm-email-change.js';
export { Profile, type ProfileProps } from './screens/profile.js';
export { SecurityEvents, type SecurityEventsProps } from './screens/security-events.js';
export { Sessions, type SessionsProps } from './screens/sessions.js';
export { Account, type AccountProps } from './screens/account.js';

export { useSignInForm, type SignInFormOptions, type SignInSuccess } from './hooks/use-sign-in-form.js';
export {
  useSignUpForm,
  type SignUpField,
  type SignUpFormOptions,
  type SignUpSuccess,
} from './hooks/use-sign-up-form.js';
export {
  useVerifyEmailForm,
  type VerifyEmailFormOptions,
  type VerifyEmailSuccess,
} from './hooks/use-verify-email-form.js';
export {
  useResendVerificationForm,
  type ResendVerificationFormOptions,
  type ResendVerificationSuccess,
} from './hooks/use-resend-verification-form.js';
export {
  useForgotPasswordForm,
  type ForgotPasswordFormOptions,
  type ForgotPasswordSuccess,
} from './hooks/use-forgot-password-form.js';
export {
  useNewPasswordForm,
  type NewPasswordFormOptions,
  type NewPasswordSuccess,
} from './hooks/use-new-password-form.js';
export {
  useAcceptInvitationForm,
  type AcceptInvitationFormOptions,
  type AcceptInvitationSuccess,
} from './hooks/use-accept-invitation-form.js';
export {
  useChangePasswordForm,
  type ChangePasswordFormOptions,
  type ChangePasswordSuccess,
} from './hooks/use-change-password-form.js';
export {
  useChangeEmailForm,
  useConfirmEmailChangeForm,
  type ChangeEmailFormOptions,
  type ChangeEmailSuccess,
  type ConfirmEmailChangeFormOptions,
  type ConfirmEmailChangeSuccess,
} from './hooks/use-change-email-form.js';
export {
  useProfileForm,
  type ProfileField,
  type ProfileFormOptions,
  type ProfileSuccess,
} from './hooks/use-profile-form.js';
export { useSessionList, type SessionList } from './hooks/use-session-list.js';
export type {
  AuthFieldProps,
  AuthForm,
  AuthFormError,
  AuthFormErrors,
  AuthFormStatus,
  AuthSubmitEvent,
} from './form/form.types.js';

/** The users in the results of the forms. */
export type { SignedInFragment, UserFieldsFragment } from '@auth-subgraph/client';

export { en } from './messages/en.js';
export { de } from './messages/de.js';
export { fr } from './messages/fr.js';
export { es } from './messages/es.js';
export type { FieldName, FieldTexts, FormErrorCode, Messages, SecurityEventName } from './messages/messages.types.js';
