import { Field, ObjectType } from 'type-graphql';

@ObjectType('AuthPageInfo', {
  description:
    "The `PageInfo` of Relay under a different name, so that another subgraph's `PageInfo` does not have to be shareable.",
})
export class AuthPageInfoType {
  @Field(() => Boolean)
  readonly hasNextPage: boolean;

  @Field(() => Boolean, { description: 'True if `after` was given.' })
  readonly hasPreviousPage: boolean;

  @Field(() => String, { nullable: true })
  readonly startCursor: string | null;

  @Field(() => String, { nullable: true })
  readonly endCursor: string | null;

  /** @param cursors of the items on the page */
  constructor(
    cursors: readonly string[],
    { hasNextPage, isFollowing }: { hasNextPage: boolean; isFollowing: boolean },
  ) {
    this.hasNextPage = hasNextPage;
    this.hasPreviousPage = isFollowing;
    this.startCursor = cursors[0] ?? null;
    this.endCursor = cursors.at(-1) ?? null;
  }
}
