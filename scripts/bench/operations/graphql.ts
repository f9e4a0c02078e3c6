import type { Reply } from '../load/http-response.js';
import { postJson } from '../load/requests.js';

const TOKENS = 'user { id } tokens { accessToken refreshToken }';
const REGISTER = `mutation ($input: RegisterInput!) { register(input: $input) { ... on LoginSuccess { ${TOKENS} deviceToken } } }`;
const LOGIN = `mutation ($input: LoginInput!) { login(input: $input) { ... on LoginSuccess { ${TOKENS} } } }`;
const REFRESH = `mutation ($input: RefreshInput!) { refresh(input: $input) { ... on LoginSuccess { ${TOKENS} } } }`;
const ME = '{ me { id email firstName lastName emailVerified } }';
const ENTITIES = 'query ($r: [_Any!]!) { _entities(representations: $r) { ... on User { id firstName lastName } } }';

/** The bytes of a request to the service. */
export function graphql(query: string, variables?: object, accessToken?: string): Buffer {
  const authorization = accessToken === undefined ? {} : { authorization: `Bearer ${accessToken}` };
  return postJson('/graphql', { query, variables }, authorization);
}

const mutation = (query: string, input: object): Buffer => graphql(query, { input });

export const me = (accessToken: string): Buffer => graphql(ME, undefined, accessToken);

export const refresh = (refreshToken: string): Buffer => mutation(REFRESH, { refreshToken });

export const register = (input: { email: string; password: string }): Buffer => mutation(REGISTER, input);

export const login = (input: { email: string; password: string; deviceToken: string }): Buffer =>
  mutation(LOGIN, input);

/** `_entities` of these users, for any subgraph. */
export const entities = (ids: readonly string[]): Buffer =>
  graphql(ENTITIES, { r: ids.map((id) => ({ __typename: 'User', id })) });

export function refreshTokenIn({ body }: Reply): string | undefined {
  return /"refreshToken":"([^"]+)"/.exec(body.toString('latin1'))?.[1];
}

/** How many objects with an id a response contains. */
export function countIds({ body }: Reply): number {
  return body.toString('latin1').split('"id":').length - 1;
}
