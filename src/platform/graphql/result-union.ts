import { createUnionType, type ClassType } from 'type-graphql';

/** A member of a result union as a resolver returns it. */
interface ResultMember {
  readonly __typename: string;
}

/** Declares the result union of a mutation: successes first, then every expected failure. */
export function resultUnion<const Members extends readonly ClassType[]>(
  name: string,
  description: string,
  members: Members,
): InstanceType<Members[number]> {
  return createUnionType({
    name,
    description,
    types: () => members,
    resolveType: (value: unknown) => (value as ResultMember).__typename,
  });
}
