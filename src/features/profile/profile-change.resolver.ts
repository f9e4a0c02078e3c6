import DataLoader from 'dataloader';
import type { GraphQLResolveInfo } from 'graphql';
import { GraphQLJSONObject } from 'graphql-scalars';
import { CurrentUser } from '@auth-subgraph/verifier/type-graphql';
import { Arg, Ctx, Field, FieldResolver, Info, InputType, Mutation, ObjectType, Resolver, Root } from 'type-graphql';
import { InvalidInputErrorType, TooManyRequestsErrorType } from '../../core/errors/error.types.js';
import type { GraphQLContext } from '../../core/graphql/context.js';
import type { SessionOwner } from '../../core/sessions/session.js';
import type { MetadataDocument, MetadataField } from '../../core/users/metadata-document.js';
import { UserType } from '../../core/users/user.type.js';
import { mutationOf } from '../../platform/graphql/mutation-of.js';
import { resultUnion } from '../../platform/graphql/result-union.js';
import type { MetadataService } from './metadata.service.js';
import type { ProfileChangeService } from './profile-change.service.js';

@InputType()
export class UpdateProfileInput {
  @Field(() => String, { nullable: true })
  declare firstName?: string | null;

  @Field(() => String, { nullable: true })
  declare lastName?: string | null;

  @Field(() => String, { nullable: true, description: 'What the user wants to be called.' })
  declare displayName?: string | null;

  @Field(() => String, { nullable: true, description: 'The https address of a picture, at most 2048 characters.' })
  declare avatarUrl?: string | null;

  @Field(() => String, { nullable: true, description: 'A BCP 47 tag such as `de-AT`.' })
  declare locale?: string | null;

  @Field(() => GraphQLJSONObject, {
    nullable: true,
    description:
      'Replaces keys one by one: null removes a key, and an absent one stays. Null instead of an object changes nothing.',
  })
  declare preferences?: MetadataDocument | null;
}

@ObjectType('ProfileUpdated', { description: 'The profile was updated.' })
class ProfileUpdatedType {
  readonly __typename = 'ProfileUpdated';

  @Field(() => UserType)
  readonly user: UserType;

  constructor(user: UserType) {
    this.user = user;
  }
}

const UpdateProfileResult = resultUnion('UpdateProfileResult', 'The changed user, or the reason for the failure.', [
  ProfileUpdatedType,
  InvalidInputErrorType,
  TooManyRequestsErrorType,
]);

@Resolver(() => UserType)
export class ProfileChangeResolver {
  constructor(
    private readonly changes: ProfileChangeService,
    private readonly metadata: MetadataService,
  ) {}

  @Mutation(() => UpdateProfileResult, {
    nullable: true,
    description: 'Changes the fields that are in the input: null clears a text field, and an absent one stays.',
  })
  async updateProfile(
    @Arg('input', () => UpdateProfileInput) input: UpdateProfileInput,
    @CurrentUser() viewer: SessionOwner,
    @Ctx() context: GraphQLContext,
  ): Promise<ProfileUpdatedType> {
    const user = await this.changes.updateOwn(viewer, input, context.origin);
    return new ProfileUpdatedType(new UserType(user, context.viewer));
  }

  @FieldResolver(() => GraphQLJSONObject, {
    nullable: true,
    description: 'Written by operators and applications. Visible to every caller who can see the user.',
  })
  async publicMetadata(
    @Root() user: UserType,
    @Ctx() context: GraphQLContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<MetadataDocument> {
    return this.load('publicMetadata', user.id, context, info);
  }

  @FieldResolver(() => GraphQLJSONObject, {
    nullable: true,
    description:
      'Written by the applications of the user, so do not base decisions on it. Visible only to this user; otherwise `null` with a `FORBIDDEN` error.',
  })
  async preferences(
    @Root() user: UserType,
    @Ctx() context: GraphQLContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<MetadataDocument> {
    return this.load('preferences', user.own.id, context, info);
  }

  /** Reads one document of all users of a request with one statement. Each mutation sees its own changes. */
  private async load(
    field: MetadataField,
    userId: string,
    { loaders }: GraphQLContext,
    info: GraphQLResolveInfo,
  ): Promise<MetadataDocument> {
    const find = (ids: readonly string[]): Promise<MetadataDocument[]> => this.metadata.find(field, ids);
    return loaders.get(`${field}:${mutationOf(info)}`, () => new DataLoader(find)).load(userId);
  }
}
