import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';
import { GraphQLEmailAddress } from 'graphql-scalars';

/**
 * Accepts any string, so that a mistyped address results in an `InvalidInputError`, which a form can show. A coercion
 * error would not reach the form, because many gateways replace it.
 */
export const EmailAddressScalar = new GraphQLScalarType<string, string>({
  name: 'EmailAddress',
  description: `An email address, as \`local-part@domain\` in the grammar of RFC 5321 (Mailbox). Surrounding white space and case are ignored: results contain the address trimmed, in lower case and with the domain in ASCII.

The local part is a dot-string of at most 64 ASCII characters. The domain has at least two labels of letters, digits and hyphens; a label with letters outside ASCII is converted to punycode (IDNA, UTS 46). The whole address has at most 254 characters. Quoted local parts, IP addresses, comments, a trailing dot, and letters that IDNA maps to ASCII (such as full-width ones) are not accepted.

A string that is not an email address results in \`InvalidInputError\`; a value that is not a string results in \`BAD_USER_INPUT\`.`,
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc5321#section-4.1.2',
  serialize: (value) => GraphQLEmailAddress.serialize(value),
  parseValue: parse,
  parseLiteral: (node) => parse(node.kind === Kind.STRING ? node.value : undefined),
});

function parse(value: unknown): string {
  if (typeof value === 'string') return value;
  throw new GraphQLError('EmailAddress cannot represent a non string value.', {
    // A gateway that prefers `application/graphql-response+json` would replace an error with another status by its own.
    extensions: { code: 'BAD_USER_INPUT', http: { status: 200 } },
  });
}
