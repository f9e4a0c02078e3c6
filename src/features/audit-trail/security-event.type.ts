import { GraphQLDateTime, GraphQLJSONObject } from 'graphql-scalars';
import { ArgsType, Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { describeDevice } from '../../core/devices/device-name.js';
import type { EventActor, EventActorKind } from '../../core/events/event-origin.js';
import { badArgument, DEFAULT_PAGE, requirePageSize } from '../../core/graphql/page-arguments.js';
import { AuthPageInfoType } from '../../core/graphql/page-info.type.js';
import { cursorOf, idOf, type SecurityEvent, type SecurityEventPage } from './security-event.js';
import type { SecurityEventPosition } from './security-event.service.js';

const MAX_NAMES = 50;
const NAME = /^\w{1,60}$/;

const ActorKind: Readonly<Record<EventActorKind, EventActorKind>> = {
  USER: 'USER',
  OPERATOR: 'OPERATOR',
  SERVICE: 'SERVICE',
  SYSTEM: 'SYSTEM',
  ANONYMOUS: 'ANONYMOUS',
};
registerEnumType(ActorKind, {
  name: 'AuthActorKind',
  description: 'The kinds of actors.',
  valuesConfig: {
    USER: { description: 'The user of the account.' },
    OPERATOR: { description: 'An operator, who manages users.' },
    SERVICE: { description: 'A program with a service account.' },
    SYSTEM: { description: 'The service itself, or its command line.' },
    ANONYMOUS: { description: 'Someone who did not have to sign in.' },
  },
});

@ObjectType('AuthActor', { description: 'Who caused an event.' })
class AuthActorType {
  @Field(() => ActorKind)
  readonly kind: EventActorKind;

  @Field(() => ID, {
    nullable: true,
    description: 'The user or service account. Users do not see which operator or service account it was.',
  })
  readonly id: string | null;

  constructor({ kind, id }: EventActor) {
    this.kind = kind;
    this.id = id;
  }
}

@ObjectType('AuthSecurityEvent', { description: 'One line of the audit trail.' })
export class AuthSecurityEventType {
  readonly #event: SecurityEvent;

  constructor(event: SecurityEvent) {
    this.#event = event;
  }

  @Field(() => ID)
  get id(): string {
    return this.#event.id;
  }

  @Field(() => String, {
    description: "The name of the event, such as 'UserLoggedIn'. Later releases add names, so also show unknown ones.",
  })
  get name(): string {
    return this.#event.name;
  }

  @Field(() => GraphQLDateTime)
  get occurredAt(): Date {
    return this.#event.occurredAt;
  }

  @Field(() => AuthActorType)
  get actor(): AuthActorType {
    return new AuthActorType(this.#event.actor);
  }

  @Field(() => String, { nullable: true, description: 'The client address; null if unknown or erased.' })
  get ipAddress(): string | null {
    return this.#event.ipAddress;
  }

  @Field(() => String, { nullable: true, description: 'The User-Agent header; null if unknown or erased.' })
  get userAgent(): string | null {
    return this.#event.userAgent;
  }

  @Field(() => String, {
    nullable: true,
    description: "A short label from the User-Agent, such as 'Firefox on Linux'; null if unknown.",
  })
  get deviceName(): string | null {
    const { userAgent } = this.#event;
    return userAgent === null ? null : describeDevice(userAgent);
  }

  @Field(() => ID, {
    nullable: true,
    description: 'The session that the event is about, or else the one in which it was caused.',
  })
  get sessionId(): string | null {
    return this.#event.sessionId;
  }

  @Field(() => GraphQLJSONObject, {
    nullable: true,
    description: 'Further facts, such as `{ "reason": "REVOKED" }`. Contains no secrets.',
  })
  get details(): SecurityEvent['details'] {
    return this.#event.details;
  }
}

@ArgsType()
export class SecurityEventsArgs {
  @Field(() => Int, { nullable: true, defaultValue: DEFAULT_PAGE, description: 'From 1 to 100.' })
  declare first?: number | null;

  @Field(() => String, { nullable: true, description: 'The cursor of the event that the page follows.' })
  declare after?: string | null;

  @Field(() => [String], { nullable: true, description: 'Only events with these names.' })
  declare names?: string[] | null;
}

/**
 * Reads the place in the trail that the arguments describe.
 * @throws GraphQLError `BAD_USER_INPUT`: the cursor, the page size or a name is invalid
 */
export function positionOf({ first, after, names }: SecurityEventsArgs): SecurityEventPosition {
  return {
    first: requirePageSize(first ?? DEFAULT_PAGE),
    after: readCursor(after),
    names: readNames(names),
  };
}

export function readCursor(after: string | null | undefined): string | undefined {
  if (after == null) return undefined;
  const id = idOf(after);
  if (id === undefined) throw badArgument('`after` is not a cursor.');
  return id;
}

export function readNames(names: string[] | null | undefined): string[] | undefined {
  if (names == null) return undefined;
  if (names.length > MAX_NAMES) throw badArgument(`\`names\` may have at most ${String(MAX_NAMES)} names of events.`);
  if (!names.every((name) => NAME.test(name)))
    throw badArgument('`names` has a value that is not the name of an event.');
  return names;
}

@ObjectType('AuthSecurityEventEdge', { description: 'An event with its position.' })
class AuthSecurityEventEdgeType {
  @Field(() => String)
  readonly cursor: string;

  @Field(() => AuthSecurityEventType)
  readonly node: AuthSecurityEventType;

  constructor(node: AuthSecurityEventType) {
    this.node = node;
    this.cursor = cursorOf(node.id);
  }
}

@ObjectType('AuthSecurityEventConnection', { description: 'A page of the audit trail, newest first.' })
export class AuthSecurityEventConnectionType {
  @Field(() => [AuthSecurityEventEdgeType])
  readonly edges: AuthSecurityEventEdgeType[];

  @Field(() => AuthPageInfoType)
  readonly pageInfo: AuthPageInfoType;

  constructor({ events, hasMore }: SecurityEventPage, isFollowing: boolean) {
    this.edges = events.map((event) => new AuthSecurityEventEdgeType(new AuthSecurityEventType(event)));
    const cursors = this.edges.map(({ cursor }) => cursor);
    this.pageInfo = new AuthPageInfoType(cursors, { hasNextPage: hasMore, isFollowing });
  }

  @Field(() => [AuthSecurityEventType])
  get nodes(): AuthSecurityEventType[] {
    return this.edges.map(({ node }) => node);
  }
}
