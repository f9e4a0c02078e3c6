'use client';

import {
  skipToken,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
  type QueryClient,
  type UseInfiniteQueryResult,
  type UseMutationOptions,
  type UseMutationResult,
  type UseQueryResult,
} from '@tanstack/react-query';
import {
  createContext,
  createElement,
  useContext,
  useEffect,
  useSyncExternalStore,
  type ReactElement,
  type ReactNode,
} from 'react';
import type {
  AuthClient,
  AuthOperations,
  AuthSecurityEvent,
  AuthSession,
  AuthUser,
  UpdateProfileResult,
} from './core/auth-client.types.js';
import type { AuthState } from './core/auth-state.js';
import { onSignedOut } from './core/on-signed-out.js';
import { resultOf } from './core/operations.js';
import { AUTH_SETTINGS, SECURITY_EVENTS, UPDATE_PROFILE } from './graphql/operations.js';
import type { AuthSettingsQuery, UpdateProfileInput } from './graphql/types.js';
import type { TypedDocument } from './graphql/typed-document.js';

export type * from './graphql/public-types.js';

export type AuthSettings = NonNullable<AuthSettingsQuery['authSettings']>;

const AuthContext = createContext<AuthClient | undefined>(undefined);
/** The beginning of all query keys. The id of the user follows. */
const KEY = 'auth-subgraph';
const UNKNOWN: AuthState = { status: 'unknown' };
/** A browser may be wrong about the network. If it is right, a request fails instead of waiting, so a component can say so. */
const ONLINE_OR_NOT = { networkMode: 'always', refetchOnReconnect: true } as const;

/**
 * Gives a client to the components below, and clears the query cache when the user is gone. Belongs below the
 * `QueryClientProvider`.
 */
export function AuthProvider({ client, children }: { client: AuthClient; children?: ReactNode }): ReactElement {
  const queries = useQueryClient();
  useEffect(() => {
    // An error is in the state, and the client tries again.
    client.ready().catch(() => undefined);
    return onSignedOut(client, () => {
      // Those that are mounted would still show what they have.
      for (const query of queries.getQueryCache().getAll()) query.reset();
      queries.clear();
    });
  }, [client, queries]);
  // React 18 has no context as a component.
  return createElement(AuthContext.Provider, { value: client }, children);
}

/** @throws Error there is no `AuthProvider` above */
export function useAuthClient(): AuthClient {
  const client = useContext(AuthContext);
  if (!client) throw new Error('There is no AuthProvider above this component');
  return client;
}

/** Who is signed in. On a server, and while its page is hydrated, it is `unknown`. */
export function useAuth(): AuthState {
  const client = useAuthClient();
  return useSyncExternalStore(
    client.subscribe,
    () => client.state,
    () => UNKNOWN,
  );
}

function useUserId(): string | undefined {
  const state = useAuth();
  return state.status === 'signedIn' ? state.userId : undefined;
}

function useOwn<Data>(name: string, load: (client: AuthClient) => Promise<Data>): UseQueryResult<Data> {
  const client = useAuthClient();
  const userId = useUserId();
  return useQuery({
    ...ONLINE_OR_NOT,
    queryKey: [KEY, userId, name],
    queryFn: userId === undefined ? skipToken : () => load(client),
  });
}

/** The signed-in user, with the fields of the service. */
export function useMe(): UseQueryResult<AuthUser> {
  return useOwn('me', (client) => client.me());
}

/**
 * Creates a hook like `useMe` for the application's own document, such as one with fields of other subgraphs.
 * @example const useProfile = createUseMe(ProfileDocument)
 */
export function createUseMe<Result, Variables extends object>(
  document: TypedDocument<Result, Variables>,
  ...[variables]: Record<string, never> extends Variables ? [variables?: Variables] : [variables: Variables]
): () => UseQueryResult<Result> {
  const name = `${document.toString()} ${JSON.stringify(variables)}`;
  return () => useOwn(name, (client) => client.request(document, variables ?? ({} as Variables)));
}

/** The sessions of the signed-in user, the most recently used first. */
export function useSessions(): UseQueryResult<readonly AuthSession[]> {
  return useOwn('sessions', (client) => client.sessions());
}

export interface SecurityEventsOptions {
  /**
   * The number of events of a page, at most 100.
   * @default 20
   */
  readonly first?: number | undefined;
  /** Only events with these names, such as `UserLoggedIn`. */
  readonly names?: readonly string[] | undefined;
}

/** What happened to the account of the signed-in user, newest first. `fetchNextPage` adds older events to `data`. */
export function useSecurityEvents({ first, names }: SecurityEventsOptions = {}): UseInfiniteQueryResult<
  readonly AuthSecurityEvent[]
> {
  const client = useAuthClient();
  const userId = useUserId();
  const load = async (after: string | null) => {
    const { securityEvents } = await resultOf(client.request(SECURITY_EVENTS, { first, after, names }));
    return securityEvents ?? { nodes: [], pageInfo: { hasNextPage: false, endCursor: null } };
  };
  return useInfiniteQuery({
    ...ONLINE_OR_NOT,
    queryKey: [KEY, userId, 'securityEvents', first, names],
    queryFn: userId === undefined ? skipToken : ({ pageParam }) => load(pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: ({ pageInfo }) => (pageInfo.hasNextPage ? pageInfo.endCursor : null),
    select: ({ pages }) => pages.flatMap(({ nodes }) => nodes),
  });
}

/**
 * What forms depend on: whether users can register, and the rules for passwords. Read once, signed in or not.
 * @param options `enabled: false` reads nothing
 */
export function useAuthSettings({ enabled = true }: { enabled?: boolean } = {}): UseQueryResult<AuthSettings> {
  const client = useAuthClient();
  return useQuery({
    ...ONLINE_OR_NOT,
    ...{ enabled, queryKey: [`${KEY}-settings`], staleTime: Infinity },
    queryFn: async () => {
      const { authSettings } = await client.request(AUTH_SETTINGS, {});
      if (!authSettings) throw new Error('The service did not return its settings');
      return authSettings;
    },
  });
}

type MutationName = Exclude<keyof AuthOperations, 'me' | 'sessions'>;
// eslint-disable-next-line @typescript-eslint/no-invalid-void-type -- `mutate()` without an argument
type Input<Name extends MutationName> = Parameters<AuthOperations[Name]> extends [infer Value] ? Value : void;
type Output<Name extends MutationName> = Awaited<ReturnType<AuthOperations[Name]>>;
type Hook<Value, Result> = (
  options?: Omit<UseMutationOptions<Result, Error, Value>, 'mutationFn'>,
) => UseMutationResult<Result, Error, Value>;
/** A hook that runs an operation. It resolves to the union, and rejects only for what no form can show. */
export type MutationHook<Name extends MutationName> = Hook<Input<Name>, Output<Name>>;

function hookOf<Value, Result>(
  run: (client: AuthClient, input: Value, queries: QueryClient) => Promise<Result>,
): Hook<Value, Result> {
  return (options) => {
    const client = useAuthClient();
    const queries = useQueryClient();
    return useMutation({
      // The variables hold passwords: they are neither kept nor sent when the network returns. A token works only once.
      gcTime: 0,
      networkMode: 'always',
      retry: false,
      ...options,
      mutationFn: (input: Value) =>
        run(client, input, queries).finally(() => void queries.invalidateQueries({ queryKey: [KEY] })),
    });
  };
}

const mutationHook = <Name extends MutationName>(name: Name): MutationHook<Name> =>
  hookOf((client, input) => (client[name] as unknown as (input: Input<Name>) => Promise<Output<Name>>)(input));

export const useLogin = /* @__PURE__ */ mutationHook('login');
export const useRegister = /* @__PURE__ */ mutationHook('register');
export const useAcceptInvitation = /* @__PURE__ */ mutationHook('acceptInvitation');
export const useLogout = /* @__PURE__ */ mutationHook('logout');
export const useVerifyEmail = /* @__PURE__ */ mutationHook('verifyEmail');
export const useResendVerification = /* @__PURE__ */ mutationHook('resendVerification');
export const useForgotPassword = /* @__PURE__ */ mutationHook('forgotPassword');
export const useResetPassword = /* @__PURE__ */ mutationHook('resetPassword');
export const useChangePassword = /* @__PURE__ */ mutationHook('changePassword');
export const useChangeEmail = /* @__PURE__ */ mutationHook('changeEmail');
export const useConfirmEmailChange = /* @__PURE__ */ mutationHook('confirmEmailChange');
export const useRevokeSession = /* @__PURE__ */ mutationHook('revokeSession');
export const useRevokeOtherSessions = /* @__PURE__ */ mutationHook('revokeOtherSessions');
export const useRevokeAllSessions = /* @__PURE__ */ mutationHook('revokeAllSessions');
/** Changes the fields that are in the input: `null` clears one. `useMe` has the new values at once. */
export const useUpdateProfile: Hook<UpdateProfileInput, UpdateProfileResult> = /* @__PURE__ */ hookOf(
  async (client, input, queries) => {
    const result = await resultOf(client.request(UPDATE_PROFILE, { input }));
    if (result.__typename === 'ProfileUpdated') {
      const { user } = result;
      // Nothing is added to the cache if the user has signed out meanwhile.
      queries.setQueryData<AuthUser>([KEY, user.id, 'me'], (me) => me && { ...me, ...user });
    }
    return result;
  },
);
