import { Extensions } from 'type-graphql';

export const AUTHENTICATION_MUTATION = 'auth-subgraph:authentication-mutation';

/**
 * Marks a mutation that takes or changes a credential, or sends an email. An operation may run only one of them, so that
 * aliases cannot turn one request into many guesses.
 */
export function AuthenticationMutation(): MethodDecorator {
  return Extensions({ [AUTHENTICATION_MUTATION]: true });
}
