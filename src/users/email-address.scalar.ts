import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';
import { GraphQLEmailAddress } from 'graphql-scalars';
import { normalizeEmailAddress } from './email-address.js';

/**
 * graphql-scalars' EmailAddress behind our normaliser, so that the spellings of one address are one address by the
 * time a resolver sees it. The message never repeats the value.
 */
export const EmailAddressScalar = new GraphQLScalarType<string, string>({
  name: 'EmailAddress',
  description: 'An email address. Upper case and surrounding white space make no difference.',
  specifiedByURL: GraphQLEmailAddress.specifiedByURL,
  serialize: (value) => GraphQLEmailAddress.serialize(value),
  parseValue: parse,
  parseLiteral: (node) => parse(node.kind === Kind.STRING ? node.value : undefined),
});

function parse(value: unknown): string {
  const address = typeof value === 'string' ? normalizeEmailAddress(value) : undefined;
  if (address === undefined)
    throw new GraphQLError('This is not an email address.', { extensions: { code: 'BAD_USER_INPUT' } });
  return address;
}
