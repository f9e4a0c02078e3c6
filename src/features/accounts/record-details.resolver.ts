import { requireScopes } from '@auth-subgraph/verifier';
import DataLoader from 'dataloader';
import type { GraphQLResolveInfo } from 'graphql';
import { GraphQLJSONObject } from 'graphql-scalars';
import { Ctx, FieldResolver, Info, Resolver, Root } from 'type-graphql';
import type { GraphQLContext } from '../../core/graphql/context.js';
import type { OperatorScope } from '../../core/graphql/operator-scopes.js';
import { AuthUserRecordType } from '../../core/management/user-record.type.js';
import { AuthSessionType } from '../../core/sessions/session.type.js';
import type { MetadataDocument } from '../../core/users/metadata-document.js';
import { MaxLength } from '../../platform/graphql/list-length.js';
import { mutationOf } from '../../platform/graphql/mutation-of.js';
import type { UserRecordService } from './user-record.service.js';

type RecordMetadata = Awaited<ReturnType<UserRecordService['metadata']>>[number];

/** Loads what belongs to all user records of a response with one statement each, only if it is selected. */
@Resolver(() => AuthUserRecordType)
export class RecordDetailsResolver {
  constructor(private readonly records: UserRecordService) {}

  // For the limit on values, so that a page of users fits. More sessions than that are rare.
  @MaxLength(10)
  @FieldResolver(() => [AuthSessionType], {
    description: 'Live sessions, most recently used first, at most 100. Requires the scope `auth:users:read`.',
  })
  async sessions(
    @Root() { id }: AuthUserRecordType,
    @Ctx() context: GraphQLContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<AuthSessionType[]> {
    const operator = requireScopes(context, 'auth:users:read' satisfies OperatorScope, { services: true });
    const sessionId = operator.kind === 'authenticated' ? operator.sessionId : undefined;
    const find = (ids: readonly string[]): ReturnType<UserRecordService['liveSessions']> =>
      this.records.liveSessions(ids);
    const sessions = await context.loaders
      .get(`recordSessions:${mutationOf(info)}`, () => new DataLoader(find))
      .load(id);
    return sessions.map((session) => new AuthSessionType(session, sessionId));
  }

  @FieldResolver(() => GraphQLJSONObject, {
    description: 'Written by operators and applications. Visible to every caller who can see the user.',
  })
  async publicMetadata(
    @Root() record: AuthUserRecordType,
    @Ctx() context: GraphQLContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<MetadataDocument> {
    return (await this.metadataOf(record, context, info)).publicMetadata;
  }

  @FieldResolver(() => GraphQLJSONObject, {
    description: 'Written by operators and applications. The user does not see it.',
  })
  async privateMetadata(
    @Root() record: AuthUserRecordType,
    @Ctx() context: GraphQLContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<MetadataDocument> {
    return (await this.metadataOf(record, context, info)).privateMetadata;
  }

  private async metadataOf(
    { id }: AuthUserRecordType,
    { loaders }: GraphQLContext,
    info: GraphQLResolveInfo,
  ): Promise<RecordMetadata> {
    const find = (ids: readonly string[]): Promise<RecordMetadata[]> => this.records.metadata(ids);
    return loaders.get(`recordMetadata:${mutationOf(info)}`, () => new DataLoader(find)).load(id);
  }
}
