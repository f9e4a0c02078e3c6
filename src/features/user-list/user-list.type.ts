import type { Viewer } from '@auth-subgraph/verifier';
import { GraphQLDateTime } from 'graphql-scalars';
import { ArgsType, Field, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { DEFAULT_PAGE } from '../../core/graphql/page-arguments.js';
import { AuthPageInfoType } from '../../core/graphql/page-info.type.js';
import { AuthUserRecordType, UserStatusEnum } from '../../core/management/user-record.type.js';
import type { UserStatus } from '../../core/management/user-record.js';
import type { ListedUser, UserCount, UserFilter, UserOrder, UserPage } from './user-list.js';
import { writeCursor } from './user-position.js';

const UserOrderEnum: Readonly<Record<UserOrder, UserOrder>> = {
  NEWEST_FIRST: 'NEWEST_FIRST',
  OLDEST_FIRST: 'OLDEST_FIRST',
  EMAIL: 'EMAIL',
};
registerEnumType(UserOrderEnum, {
  name: 'AdminUserOrder',
  description:
    'The order of users. With `search`, leave `orderBy` out: those whose address matches come first, then those whose last, first or display name does. A user who matches twice is on a page once, but can be on a later page again.',
  valuesConfig: { NEWEST_FIRST: { description: 'The default.' } },
});

const CountPrecisionEnum: Readonly<Record<UserCount['precision'], UserCount['precision']>> = {
  EXACT: 'EXACT',
  AT_LEAST: 'AT_LEAST',
  ESTIMATE: 'ESTIMATE',
};
registerEnumType(CountPrecisionEnum, {
  name: 'AuthCountPrecision',
  description: 'How precise a count is.',
  valuesConfig: {
    AT_LEAST: { description: 'Counting stopped at 1,000; there are more.' },
    ESTIMATE: { description: 'An estimate of the database, which is only used without a filter.' },
  },
});

@InputType({ description: 'Only users who meet all of the conditions.' })
export class AdminUserFilter {
  @Field(() => String, {
    nullable: true,
    description:
      'The beginning of an address, of a domain (after an @), of a name written either way round, or of a display name; or a whole id. 2 to 254 characters; upper case and accents make no difference.',
  })
  declare search?: string | null;

  @Field(() => UserStatusEnum, { nullable: true })
  declare status?: UserStatus | null;

  @Field(() => Boolean, { nullable: true })
  declare emailVerified?: boolean | null;

  @Field(() => String, { nullable: true })
  declare role?: string | null;

  @Field(() => Boolean, { nullable: true, description: 'Only users who are locked out now, or only the others.' })
  declare locked?: boolean | null;

  @Field(() => GraphQLDateTime, { nullable: true })
  declare createdAfter?: Date | null;

  @Field(() => GraphQLDateTime, { nullable: true })
  declare createdBefore?: Date | null;
}

@ArgsType()
export class AdminUsersArgs {
  @Field(() => Int, { nullable: true, defaultValue: DEFAULT_PAGE, description: 'From 1 to 100.' })
  declare first?: number | null;

  @Field(() => String, { nullable: true, description: 'The cursor of the user that the page follows.' })
  declare after?: string | null;

  @Field(() => AdminUserFilter, { nullable: true })
  declare filter?: AdminUserFilter | null;

  @Field(() => UserOrderEnum, { nullable: true })
  declare orderBy?: UserOrder | null;
}

@ObjectType('AuthCount', { description: 'A number of users.' })
export class AuthCountType {
  @Field(() => Int)
  declare readonly value: number;

  @Field(() => CountPrecisionEnum)
  declare readonly precision: UserCount['precision'];
}

@ObjectType('AuthUserRecordEdge', { description: 'A user with the position in the list.' })
class AuthUserRecordEdgeType {
  @Field(() => String)
  readonly cursor: string;

  @Field(() => AuthUserRecordType)
  readonly node: AuthUserRecordType;

  constructor({ record, position }: ListedUser, viewer: Viewer) {
    this.cursor = writeCursor(position);
    this.node = new AuthUserRecordType(record, viewer);
  }
}

interface ListContext {
  readonly filter: UserFilter;
  readonly isFollowing: boolean;
  readonly viewer: Viewer;
}

@ObjectType('AuthUserRecordConnection', { description: 'A page of users.' })
export class AuthUserRecordConnectionType {
  /** The conditions of the list, for counting. */
  readonly filter: UserFilter;

  @Field(() => [AuthUserRecordEdgeType])
  readonly edges: AuthUserRecordEdgeType[];

  @Field(() => AuthPageInfoType)
  readonly pageInfo: AuthPageInfoType;

  constructor({ users, hasMore }: UserPage, { filter, isFollowing, viewer }: ListContext) {
    this.filter = filter;
    this.edges = users.map((user) => new AuthUserRecordEdgeType(user, viewer));
    const cursors = this.edges.map(({ cursor }) => cursor);
    this.pageInfo = new AuthPageInfoType(cursors, { hasNextPage: hasMore, isFollowing });
  }

  @Field(() => [AuthUserRecordType])
  get nodes(): AuthUserRecordType[] {
    return this.edges.map(({ node }) => node);
  }
}
