import { test } from '@jest/globals';
import type {
  AuthClient,
  AuthErrorCode,
  AuthSecurityEvent,
  AuthSession,
  AuthState,
  AuthUser,
  LoginResult,
  PasswordRule,
  RegisterResult,
  TokenStorage,
  TypedDocument,
  UpdateProfileResult,
} from '@auth-subgraph/client';
import type { LoginDocument, MeDocument } from '@auth-subgraph/client/documents';
import type {
  useLogin,
  useLogout,
  useMe,
  useRevokeSession,
  useSecurityEvents,
  useSessions,
  useUpdateProfile,
} from '@auth-subgraph/client/react';
import type { ServerSession } from '@auth-subgraph/client/server';
import { expectTypeOf } from 'expect-type';
import type { DocumentNode } from 'graphql';

// These compile only if the types are right; there is nothing to run.

type Result<Name extends keyof AuthClient> = AuthClient[Name] extends (...args: never[]) => Promise<infer Value>
  ? Value
  : never;
type TypenamesOf<Value> = Value extends { readonly __typename: infer Typename } ? Typename : never;

test('a result is the union of the operation, member by member', () => {
  expectTypeOf<TypenamesOf<Result<'login'>>>().toEqualTypeOf<
    | 'LoginSuccess'
    | 'InvalidCredentialsError'
    | 'AccountLockedError'
    | 'EmailNotVerifiedError'
    | 'InvalidInputError'
    | 'TooManyRequestsError'
  >();
  expectTypeOf<TypenamesOf<Result<'register'>>>().toEqualTypeOf<
    | 'LoginSuccess'
    | 'EmailVerificationRequired'
    | 'EmailAlreadyExistsError'
    | 'RegistrationDisabledError'
    | 'WeakPasswordError'
    | 'InvalidInputError'
    | 'TooManyRequestsError'
  >();
  expectTypeOf<TypenamesOf<Result<'acceptInvitation'>>>().toEqualTypeOf<
    'LoginSuccess' | 'InvalidTokenError' | 'WeakPasswordError' | 'InvalidInputError' | 'TooManyRequestsError'
  >();
  expectTypeOf<TypenamesOf<Result<'verifyEmail'>>>().toEqualTypeOf<
    'EmailVerified' | 'InvalidTokenError' | 'EmailAlreadyVerifiedError' | 'TooManyRequestsError'
  >();
  expectTypeOf<TypenamesOf<Result<'resendVerification'>>>().toEqualTypeOf<
    'MailRequested' | 'InvalidInputError' | 'TooManyRequestsError'
  >();
  expectTypeOf<TypenamesOf<Result<'forgotPassword'>>>().toEqualTypeOf<
    'MailRequested' | 'InvalidInputError' | 'TooManyRequestsError'
  >();
  expectTypeOf<TypenamesOf<Result<'resetPassword'>>>().toEqualTypeOf<
    'PasswordChanged' | 'InvalidTokenError' | 'WeakPasswordError' | 'TooManyRequestsError'
  >();
  expectTypeOf<TypenamesOf<Result<'changePassword'>>>().toEqualTypeOf<
    'PasswordChanged' | 'InvalidCredentialsError' | 'WeakPasswordError' | 'TooManyRequestsError'
  >();
  expectTypeOf<TypenamesOf<Result<'changeEmail'>>>().toEqualTypeOf<
    'MailRequested' | 'InvalidCredentialsError' | 'InvalidInputError' | 'TooManyRequestsError'
  >();
  expectTypeOf<TypenamesOf<Result<'confirmEmailChange'>>>().toEqualTypeOf<
    | 'EmailChanged'
    | 'InvalidTokenError'
    | 'EmailAlreadyExistsError'
    | 'EmailAlreadyVerifiedError'
    | 'TooManyRequestsError'
  >();
  expectTypeOf<TypenamesOf<Result<'revokeSession'>>>().toEqualTypeOf<'SessionRevoked' | 'SessionNotFoundError'>();
  expectTypeOf<TypenamesOf<Result<'revokeOtherSessions'>>>().toEqualTypeOf<'SessionsRevoked'>();
  expectTypeOf<TypenamesOf<Result<'revokeAllSessions'>>>().toEqualTypeOf<'SessionsRevoked'>();
  expectTypeOf<AuthClient['logout']>().returns.resolves.toBeVoid();
  expectTypeOf<Result<'me'>>().toEqualTypeOf<AuthUser>();
  expectTypeOf<Result<'sessions'>>().toEqualTypeOf<readonly AuthSession[]>();
});

test('the members have their fields, and a sign-in has no tokens', () => {
  type Member<Value, Typename> = Extract<Value, { readonly __typename: Typename }>;
  expectTypeOf<Member<LoginResult, 'AccountLockedError'>['retryAfterSeconds']>().toEqualTypeOf<number>();
  expectTypeOf<Member<RegisterResult, 'WeakPasswordError'>['violations']>().toEqualTypeOf<readonly PasswordRule[]>();
  expectTypeOf<Member<RegisterResult, 'InvalidInputError'>>().toHaveProperty('field').toEqualTypeOf<string>();
  expectTypeOf<Member<LoginResult, 'InvalidCredentialsError'>['code']>().toEqualTypeOf<AuthErrorCode>();
  expectTypeOf<Member<LoginResult, 'LoginSuccess'>>().not.toHaveProperty('tokens');
  expectTypeOf<Member<LoginResult, 'LoginSuccess'>>().not.toHaveProperty('deviceToken');
  expectTypeOf<Member<LoginResult, 'LoginSuccess'>['user']['email']>().toEqualTypeOf<string | null>();
});

test('a user id is there while somebody is signed in, and only then', () => {
  expectTypeOf<Extract<AuthState, { status: 'signedIn' }>['userId']>().toEqualTypeOf<string>();
  expectTypeOf<Extract<AuthState, { status: 'signedOut' }>>().not.toHaveProperty('userId');
  expectTypeOf<ServerSession['accessToken']>().toEqualTypeOf<string | undefined>();
});

test('documents carry the types of their results and variables', () => {
  type VariablesOf<Document> = Document extends { readonly __apiType?: (variables: infer Variables) => unknown }
    ? Variables
    : never;
  expectTypeOf<VariablesOf<typeof LoginDocument>['input']['email']>().toEqualTypeOf<string>();
  const document: TypedDocument<{ a: number }, { b: string }> = 'query ($b: String!) { a(b: $b) }';
  const request = (auth: AuthClient): Promise<{ a: number }> => auth.request(document, { b: '' });
  expectTypeOf(request).returns.resolves.toEqualTypeOf<{ a: number }>();
});

test('a parsed document, which has no text, is none of those that the client sends', () => {
  type Sent = TypedDocument<unknown, never>;
  expectTypeOf<typeof MeDocument>().not.toExtend<Sent>();
  expectTypeOf<DocumentNode>().not.toExtend<Sent>();
  expectTypeOf<string>().toExtend<Sent>();
  // As `@graphql-codegen/client-preset` generates it.
  expectTypeOf<string & { __apiType?: (variables: object) => unknown }>().toExtend<Sent>();
});

test('hooks have the types of the operations, and storages may be asynchronous', () => {
  expectTypeOf<ReturnType<typeof useMe>['data']>().toEqualTypeOf<AuthUser | undefined>();
  expectTypeOf<ReturnType<typeof useSessions>['data']>().toEqualTypeOf<readonly AuthSession[] | undefined>();
  expectTypeOf<ReturnType<typeof useSecurityEvents>['data']>().toEqualTypeOf<
    readonly AuthSecurityEvent[] | undefined
  >();
  expectTypeOf<ReturnType<typeof useUpdateProfile>['data']>().toEqualTypeOf<UpdateProfileResult | undefined>();
  expectTypeOf<TypenamesOf<UpdateProfileResult>>().toEqualTypeOf<
    'ProfileUpdated' | 'InvalidInputError' | 'TooManyRequestsError'
  >();
  expectTypeOf<AuthSecurityEvent['details']>().toEqualTypeOf<Readonly<Record<string, unknown>> | null>();
  expectTypeOf<ReturnType<typeof useLogin>['data']>().toEqualTypeOf<LoginResult | undefined>();
  expectTypeOf<ReturnType<typeof useLogout>['mutate']>().toBeCallableWith();
  expectTypeOf<ReturnType<typeof useRevokeSession>['mutate']>()
    .parameter(0)
    .toEqualTypeOf<{ readonly sessionId: string }>();
  expectTypeOf<{
    get: () => Promise<string | null>;
    set: () => Promise<void>;
    delete: () => Promise<void>;
  }>().toExtend<TokenStorage>();
  expectTypeOf<Map<string, string>>().toExtend<TokenStorage>();
});
