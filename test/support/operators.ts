import type { Answer, GraphQLTestClient, SignedIn } from './graphql-client.js';
import type { TestApp } from './test-app.js';

/** The result of a mutation of user management. */
export interface Managed {
  readonly __typename: string;
  readonly code?: string;
  readonly field?: string;
  readonly changed?: boolean;
  readonly count?: number;
  readonly email?: string;
  readonly userId?: string;
  readonly erasedAfter?: string;
  readonly record?: {
    readonly id: string;
    readonly email: string;
    readonly status: string;
    readonly roles: string[];
    readonly displayName: string | null;
    readonly emailVerifiedAt: string | null;
    readonly deactivationReason: string | null;
    readonly lockedUntil: string | null;
  };
}

/** A mutation that changes users: its input for a user, and the scope that it requires. */
export interface ManagementMutation {
  readonly name: string;
  readonly scope: string;
  readonly type: string;
  readonly rest?: object;
  /** Whether it changes the account of one user. */
  readonly hasTarget?: false;
}

/** Every mutation that changes users. */
export const MANAGEMENT_MUTATIONS: readonly ManagementMutation[] = [
  {
    name: 'adminCreateUser',
    scope: 'auth:users:write',
    type: 'AdminCreateUserInput',
    rest: { email: 'grace@example.com' },
    hasTarget: false,
  },
  { name: 'adminSendInvitation', scope: 'auth:users:write', type: 'AdminUserInput' },
  { name: 'adminUpdateUser', scope: 'auth:users:write', type: 'AdminUpdateUserInput', rest: { displayName: 'Ada' } },
  {
    name: 'adminChangeUserEmail',
    scope: 'auth:users:credentials',
    type: 'AdminChangeUserEmailInput',
    rest: { newEmail: 'moved@example.com' },
  },
  {
    name: 'adminVerifyUserEmail',
    scope: 'auth:users:write',
    type: 'AdminVerifyUserEmailInput',
    rest: { email: 'ada@example.com' },
  },
  { name: 'adminChangeUserRoles', scope: 'auth:roles:write', type: 'AdminChangeUserRolesInput', rest: { add: ['x'] } },
  { name: 'adminDeactivateUser', scope: 'auth:users:write', type: 'AdminDeactivateUserInput' },
  { name: 'adminReactivateUser', scope: 'auth:users:write', type: 'AdminUserInput' },
  { name: 'adminRevokeUserSessions', scope: 'auth:users:write', type: 'AdminRevokeUserSessionsInput' },
  { name: 'adminUnlockUser', scope: 'auth:users:write', type: 'AdminUserInput' },
  {
    name: 'adminDeleteUser',
    scope: 'auth:users:delete',
    type: 'AdminDeleteUserInput',
    rest: { email: 'ada@example.com' },
  },
  { name: 'adminSendPasswordReset', scope: 'auth:users:write', type: 'AdminUserInput' },
];

const RECORD = 'record { id email status roles displayName emailVerifiedAt deactivationReason lockedUntil }';
const CHANGED = `... on AuthUserChanged { changed ${RECORD} }`;
const SELECTIONS: Readonly<Record<string, string>> = {
  adminCreateUser: `... on AuthUserCreated { ${RECORD} }`,
  adminRevokeUserSessions: '... on SessionsRevoked { count }',
  adminSendPasswordReset: '... on MailRequested { email }',
  adminDeleteUser: '... on AuthUserClosed { userId erasedAfter }',
};

type Tokens = Pick<SignedIn, 'accessToken'>;

/** A new user with these roles, signed in. */
export async function newOperator(app: TestApp, roles: readonly string[]): Promise<SignedIn> {
  const user = await app.register();
  await app.auth.services.roles.set(user.userId, roles);
  app.clock.advance(2);
  return app.login(user);
}

/** Runs a mutation of user management and returns the whole response. */
export async function manageResponse(
  app: GraphQLTestClient,
  name: string,
  input: object,
  { accessToken: token }: Tokens,
): Promise<Answer<Record<string, Managed | null>>> {
  const type = MANAGEMENT_MUTATIONS.find((mutation) => mutation.name === name)?.type ?? '';
  const selection = SELECTIONS[name] ?? CHANGED;
  const hasFields = /Create|Update|Email|Roles|Deactivate|Delete/.test(name);
  const query = `mutation ($input: ${type}!) { ${name}(input: $input) {
    __typename ... on AuthError { code } ${selection} ${hasFields ? '... on InvalidInputError { field }' : ''} } }`;
  return app.request(query, { input }, { token });
}

/** Runs a mutation of user management and returns its result; fails the test on a top-level error. */
export async function manage(app: GraphQLTestClient, name: string, input: object, tokens: Tokens): Promise<Managed> {
  const answer = await manageResponse(app, name, input, tokens);
  const managed = (answer.data as Record<string, Managed | null> | null)?.[name];
  if (!managed) throw new Error(`${name} answered ${answer.text}`);
  return managed;
}
