import { GraphQLDateTime } from 'graphql-scalars';
import { Field, ID, InputType } from 'type-graphql';

export const DEFAULT_TRAIL_PAGE = 50;

@InputType({ description: 'Selects events of the audit trail. Every field that is set must match.' })
export class AdminSecurityEventFilter {
  @Field(() => ID, { nullable: true, description: 'The account that the events are about.' })
  declare userId?: string | null;

  @Field(() => ID, { nullable: true, description: 'Who caused the events: a user or a service account.' })
  declare actorId?: string | null;

  @Field(() => String, { nullable: true, description: 'The client address.' })
  declare ipAddress?: string | null;

  @Field(() => [String], { nullable: true, description: 'The names of the events.' })
  declare names?: string[] | null;

  @Field(() => GraphQLDateTime, { nullable: true, description: 'Only events at or after this instant.' })
  declare since?: Date | null;

  @Field(() => GraphQLDateTime, { nullable: true, description: 'Only events before this instant.' })
  declare until?: Date | null;
}
