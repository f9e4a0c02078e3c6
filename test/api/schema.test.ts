import 'reflect-metadata';
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import {
  buildASTSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isUnionType,
  parse,
  type GraphQLNamedType,
} from 'graphql';
import { envExample } from '../../scripts/env-example.js';
import { buildSchema } from '../../src/subgraph.js';

async function readRootFile(name: string): Promise<string> {
  return readFile(new URL(`../../${name}`, import.meta.url), 'utf8');
}

test('schema.graphql matches the code', async () => {
  expect(await readRootFile('schema.graphql')).toBe(buildSchema().sdl);
});

test('.env.example matches the settings', async () => {
  expect(await readRootFile('.env.example')).toBe(envExample());
});

test('the SDL that a gateway fetches links federation 2.3 and keys User by id', () => {
  const { sdl } = buildSchema();
  expect(sdl).toContain(
    '@link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@shareable", "@tag"])',
  );
  expect(sdl).toContain('type User @key(fields: "id") {');
});

/** What clients rely on: each line is a type and what it holds, and none may change. */
const CONTRACT: Readonly<Record<string, readonly string[]>> = {
  Query: ['me: User'],
  Mutation: [
    'register(input: RegisterInput!): RegisterResult',
    'login(input: LoginInput!): LoginResult',
    'refresh(input: RefreshInput): RefreshResult',
    'logout: LogoutResult',
    'revokeSession(input: RevokeSessionInput!): RevokeSessionResult',
    'revokeOtherSessions: RevokeSessionsResult',
    'revokeAllSessions: RevokeSessionsResult',
    'verifyEmail(input: VerifyEmailInput!): VerifyEmailResult',
    'resendVerification(input: ResendVerificationInput!): ResendVerificationResult',
    'forgotPassword(input: ForgotPasswordInput!): ForgotPasswordResult',
    'resetPassword(input: ResetPasswordInput!): ResetPasswordResult',
    'changePassword(input: ChangePasswordInput!): ChangePasswordResult',
    'changeEmail(input: ChangeEmailInput!): ChangeEmailResult',
    'confirmEmailChange(input: ConfirmEmailChangeInput!): ConfirmEmailChangeResult',
  ],
  User: [
    'id: ID!',
    'firstName: String',
    'lastName: String',
    'email: EmailAddress',
    'emailVerified: Boolean',
    'active: Boolean',
    'createdAt: DateTime',
    'lastLoginAt: DateTime',
    'sessions: [AuthSession!]',
  ],
  AuthSession: [
    'id: ID!',
    'deviceName: String',
    'userAgent: String',
    'ipAddress: String',
    'createdAt: DateTime!',
    'lastUsedAt: DateTime!',
    'expiresAt: DateTime!',
    'current: Boolean!',
  ],
  AuthTokens: [
    'accessToken: JWT!',
    'accessTokenExpiresAt: DateTime!',
    'refreshToken: String',
    'refreshTokenExpiresAt: DateTime!',
  ],
  RegisterInput: ['email: EmailAddress!', 'password: String!', 'firstName: String', 'lastName: String'],
  LoginInput: ['email: EmailAddress!', 'password: String!'],
  RefreshInput: ['refreshToken: String'],
  RevokeSessionInput: ['sessionId: ID!'],
  VerifyEmailInput: ['token: String!'],
  ResendVerificationInput: ['email: EmailAddress!'],
  ForgotPasswordInput: ['email: EmailAddress!'],
  ResetPasswordInput: ['token: String!', 'newPassword: String!'],
  ChangePasswordInput: ['currentPassword: String!', 'newPassword: String!'],
  ChangeEmailInput: ['newEmail: EmailAddress!', 'currentPassword: String!'],
  ConfirmEmailChangeInput: ['token: String!'],
  EmailVerified: ['user: User!'],
  MailRequested: ['email: EmailAddress!'],
  PasswordChanged: ['user: User!'],
  EmailChanged: ['user: User!'],
  VerifyEmailResult: ['EmailVerified', 'InvalidTokenError', 'EmailAlreadyVerifiedError', 'TooManyRequestsError'],
  ResendVerificationResult: ['MailRequested', 'TooManyRequestsError'],
  ForgotPasswordResult: ['MailRequested', 'TooManyRequestsError'],
  ResetPasswordResult: ['PasswordChanged', 'InvalidTokenError', 'WeakPasswordError', 'TooManyRequestsError'],
  ChangePasswordResult: ['PasswordChanged', 'InvalidCredentialsError', 'WeakPasswordError', 'TooManyRequestsError'],
  ChangeEmailResult: ['MailRequested', 'InvalidCredentialsError', 'TooManyRequestsError'],
  ConfirmEmailChangeResult: [
    'EmailChanged',
    'InvalidTokenError',
    'EmailAlreadyExistsError',
    'EmailAlreadyVerifiedError',
    'TooManyRequestsError',
  ],
  LoginSuccess: ['user: User!', 'session: AuthSession!', 'tokens: AuthTokens!'],
  EmailVerificationRequired: ['email: EmailAddress!'],
  SessionRevoked: ['sessionId: ID!'],
  SessionsRevoked: ['count: Int!'],
  RegisterResult: [
    'LoginSuccess',
    'EmailVerificationRequired',
    'EmailAlreadyExistsError',
    'RegistrationDisabledError',
    'WeakPasswordError',
    'InvalidInputError',
    'TooManyRequestsError',
  ],
  LoginResult: [
    'LoginSuccess',
    'InvalidCredentialsError',
    'AccountLockedError',
    'EmailNotVerifiedError',
    'TooManyRequestsError',
  ],
  RefreshResult: ['LoginSuccess', 'InvalidTokenError', 'TooManyRequestsError'],
  LogoutResult: ['SessionRevoked', 'SessionNotFoundError'],
  RevokeSessionResult: ['SessionRevoked', 'SessionNotFoundError'],
  RevokeSessionsResult: ['SessionsRevoked'],
  AuthError: ['code: AuthErrorCode!', 'message: String!'],
  WeakPasswordError: ['code: AuthErrorCode!', 'message: String!', 'violations: [PasswordRule!]!'],
  InvalidInputError: ['code: AuthErrorCode!', 'message: String!', 'field: String!'],
  InvalidCredentialsError: ['code: AuthErrorCode!', 'message: String!'],
  EmailAlreadyExistsError: ['code: AuthErrorCode!', 'message: String!'],
  RegistrationDisabledError: ['code: AuthErrorCode!', 'message: String!'],
  InvalidTokenError: ['code: AuthErrorCode!', 'message: String!'],
  EmailNotVerifiedError: ['code: AuthErrorCode!', 'message: String!'],
  EmailAlreadyVerifiedError: ['code: AuthErrorCode!', 'message: String!'],
  SessionNotFoundError: ['code: AuthErrorCode!', 'message: String!'],
  AccountLockedError: ['code: AuthErrorCode!', 'message: String!', 'retryAfterSeconds: Int!'],
  TooManyRequestsError: ['code: AuthErrorCode!', 'message: String!', 'retryAfterSeconds: Int!'],
  AuthErrorCode: [
    'AUTH_INVALID_CREDENTIALS',
    'AUTH_EMAIL_ALREADY_EXISTS',
    'AUTH_REGISTRATION_DISABLED',
    'AUTH_WEAK_PASSWORD',
    'AUTH_INVALID_TOKEN',
    'AUTH_ACCOUNT_LOCKED',
    'AUTH_EMAIL_NOT_VERIFIED',
    'AUTH_EMAIL_ALREADY_VERIFIED',
    'AUTH_SESSION_NOT_FOUND',
    'AUTH_INVALID_INPUT',
    'AUTH_TOO_MANY_REQUESTS',
  ],
  PasswordRule: [
    'MIN_LENGTH',
    'MAX_LENGTH',
    'UPPERCASE',
    'LOWERCASE',
    'NUMBER',
    'SPECIAL_CHARACTER',
    'COMMON_PASSWORD',
    'CONTAINS_EMAIL',
    'REUSED',
  ],
};

/** What the schema holds beyond the contract. */
const ADDITIONS: Readonly<Record<string, readonly string[]>> = {
  Query: ['authSettings: AuthSettings'],
  Mutation: [
    'updateProfile(input: UpdateProfileInput!): UpdateProfileResult',
    'acceptInvitation(input: AcceptInvitationInput!): AcceptInvitationResult',
  ],
  ChangeEmailResult: ['InvalidInputError'],
  ForgotPasswordResult: ['InvalidInputError'],
  LoginResult: ['InvalidInputError'],
  ResendVerificationResult: ['InvalidInputError'],
  LoginInput: ['deviceToken: String'],
  LoginSuccess: ['deviceToken: String'],
  RegisterInput: ['displayName: String', 'locale: String'],
  User: [
    'roles: [String!]',
    'displayName: String',
    'avatarUrl: String',
    'locale: String',
    'publicMetadata: JSONObject',
    'preferences: JSONObject',
    'securityEvents(first: Int, after: String, names: [String!]): AuthSecurityEventConnection',
  ],
};

describe('the contract', () => {
  const schema = buildASTSchema(parse(buildSchema().sdl), { assumeValidSDL: true });

  test.each(Object.entries(CONTRACT))('%s keeps its names, types and nullability', (name, members) => {
    const found = membersOf(schema.getType(name));
    const added = ADDITIONS[name] ?? [];
    expect([...found].sort()).toEqual([...members, ...added].sort());
  });

  test('every error is an AuthError', () => {
    const errors = Object.values(schema.getTypeMap()).filter(
      ({ name }) => /^[A-Z].*Error$/.test(name) && name !== 'AuthError',
    );
    expect(errors.length).toBeGreaterThan(0);
    for (const type of errors)
      expect(isObjectType(type) && type.getInterfaces().map(({ name }) => name)).toEqual(['AuthError']);
  });

  test('every root field is nullable, so that a rejection does not affect its siblings', () => {
    const roots = [schema.getQueryType(), schema.getMutationType()].flatMap((type) =>
      Object.values(type?.getFields() ?? {}),
    );
    expect(roots.filter(({ type }) => String(type).endsWith('!'))).toEqual([]);
  });

  function membersOf(type: GraphQLNamedType | undefined): string[] {
    if (isUnionType(type)) return type.getTypes().map((member) => member.name);
    if (isEnumType(type)) return type.getValues().map((value) => value.name);
    if (isInputObjectType(type))
      return Object.values(type.getFields()).map((field) => `${field.name}: ${String(field.type)}`);
    if (!isObjectType(type) && !isInterfaceType(type)) return [];
    return Object.values(type.getFields()).map((field) => {
      const args = field.args.map((arg) => `${arg.name}: ${String(arg.type)}`).join(', ');
      return `${field.name}${args === '' ? '' : `(${args})`}: ${String(field.type)}`;
    });
  }
});
