/**
 * The text of an operation, with the types of its result and its variables. Documents of `@graphql-codegen/client-preset`
 * with `documentMode: 'string'` fit, and so does a string.
 */
export interface TypedDocument<Result, Variables> {
  toString(): string;
  /** A parsed document has no text. */
  readonly kind?: never;
  readonly __apiType?: (variables: Variables) => Result;
}
