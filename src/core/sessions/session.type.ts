import { GraphQLDateTime, GraphQLJWT } from 'graphql-scalars';
import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { describeDevice } from '../devices/device-name.js';
import type { Session } from './session.js';
import type { TokenPair } from './token-pair.js';

@ObjectType('AuthSession', { description: 'One sign-in on one device.' })
export class AuthSessionType {
  @Field(() => ID)
  readonly id: string;

  @Field(() => String, {
    nullable: true,
    description: 'The User-Agent header of the device, at most 512 characters.',
  })
  readonly userAgent: string | null;

  @Field(() => String, { nullable: true, description: 'The IP address of the last refresh, or of the sign-in.' })
  readonly ipAddress: string | null;

  @Field(() => GraphQLDateTime)
  readonly createdAt: Date;

  @Field(() => GraphQLDateTime, { description: 'The time of the last refresh, or of the sign-in.' })
  readonly lastUsedAt: Date;

  @Field(() => GraphQLDateTime, { description: 'When the session ends if it is not refreshed.' })
  readonly expiresAt: Date;

  @Field(() => Boolean, { description: "True for the session of the request's access token." })
  readonly current: boolean;

  constructor(session: Session, currentSessionId: string | undefined) {
    this.id = session.id;
    this.userAgent = session.userAgent;
    this.ipAddress = session.ipAddress;
    this.createdAt = session.createdAt;
    this.lastUsedAt = session.lastUsedAt;
    this.expiresAt = session.expiresAt;
    this.current = session.id === currentSessionId;
  }

  @Field(() => String, {
    nullable: true,
    description: "A short label from the User-Agent, such as 'Firefox on Linux'; null if unknown.",
  })
  get deviceName(): string | null {
    return this.userAgent === null ? null : describeDevice(this.userAgent);
  }
}

@ObjectType('AuthTokens', { description: 'A new pair of tokens.' })
export class AuthTokensType {
  @Field(() => GraphQLJWT, { description: 'A JWT. Send it in the Authorization header as `Bearer <token>`.' })
  readonly accessToken: string;

  @Field(() => GraphQLDateTime)
  readonly accessTokenExpiresAt: Date;

  @Field(() => String, {
    nullable: true,
    description: 'An opaque token for one `refresh`. Null if it is set as an HttpOnly cookie.',
  })
  readonly refreshToken: string | null;

  @Field(() => GraphQLDateTime)
  readonly refreshTokenExpiresAt: Date;

  constructor(tokens: TokenPair, isInCookie: boolean) {
    this.accessToken = tokens.accessToken;
    this.accessTokenExpiresAt = tokens.accessTokenExpiresAt;
    this.refreshToken = isInCookie ? null : tokens.refreshToken;
    this.refreshTokenExpiresAt = tokens.refreshTokenExpiresAt;
  }
}

@ObjectType('SessionRevoked', { description: 'The session has ended.' })
export class SessionRevokedType {
  readonly __typename = 'SessionRevoked';

  @Field(() => ID)
  readonly sessionId: string;

  constructor(sessionId: string) {
    this.sessionId = sessionId;
  }
}

@ObjectType('SessionsRevoked', { description: 'The sessions have ended.' })
export class SessionsRevokedType {
  readonly __typename = 'SessionsRevoked';

  @Field(() => Int, { description: 'The number of sessions that were ended.' })
  readonly count: number;

  constructor(count: number) {
    this.count = count;
  }
}

@InputType()
export class RefreshInput {
  @Field(() => String, { nullable: true })
  declare refreshToken?: string | null;
}

@InputType()
export class RevokeSessionInput {
  @Field(() => ID)
  declare sessionId: string;
}
