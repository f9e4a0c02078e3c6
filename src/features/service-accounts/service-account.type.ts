import { GraphQLDateTime } from 'graphql-scalars';
import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { MaxLength } from '../../platform/graphql/list-length.js';
import {
  MAX_LISTED_KEYS,
  type IssuedServiceKey,
  type ServiceAccount,
  type ServiceKeyRecord,
} from './service-account.js';

@ObjectType('AuthServiceKey', { description: 'What is known of a key of a service account.' })
export class AuthServiceKeyType {
  @Field(() => ID)
  readonly id: string;

  @Field(() => String, { description: 'The last four characters of the key.' })
  readonly hint: string;

  @Field(() => GraphQLDateTime)
  readonly createdAt: Date;

  @Field(() => GraphQLDateTime, { nullable: true, description: 'Updated at most once a minute.' })
  readonly lastUsedAt: Date | null;

  @Field(() => GraphQLDateTime, { nullable: true })
  readonly revokedAt: Date | null;

  constructor({ id, hint, createdAt, lastUsedAt, revokedAt }: ServiceKeyRecord) {
    this.id = id;
    this.hint = hint;
    this.createdAt = createdAt;
    this.lastUsedAt = lastUsedAt;
    this.revokedAt = revokedAt;
  }
}

@ObjectType('AuthServiceAccount', { description: 'A program that calls without a user.' })
export class AuthServiceAccountType {
  @Field(() => ID)
  readonly id: string;

  @Field(() => String)
  readonly name: string;

  @Field(() => [String], { description: 'The scopes of its access tokens.' })
  readonly scopes: readonly string[];

  @Field(() => GraphQLDateTime)
  readonly createdAt: Date;

  @MaxLength(MAX_LISTED_KEYS)
  @Field(() => [AuthServiceKeyType], {
    description: 'The live keys, and the latest revoked ones: at most five, the newest first.',
  })
  readonly keys: readonly AuthServiceKeyType[];

  constructor({ id, name, scopes, createdAt, keys }: ServiceAccount) {
    this.id = id;
    this.name = name;
    this.scopes = scopes;
    this.createdAt = createdAt;
    this.keys = keys.map((key) => new AuthServiceKeyType(key));
  }
}

@ObjectType('AuthServiceAccountCreated', { description: 'The service account exists, and has no key yet.' })
export class AuthServiceAccountCreatedType {
  readonly __typename = 'AuthServiceAccountCreated';

  @Field(() => AuthServiceAccountType)
  readonly serviceAccount: AuthServiceAccountType;

  constructor(account: ServiceAccount) {
    this.serviceAccount = new AuthServiceAccountType(account);
  }
}

@ObjectType('AuthServiceKeyCreated', { description: 'The key can be exchanged for access tokens.' })
export class AuthServiceKeyCreatedType {
  readonly __typename = 'AuthServiceKeyCreated';

  @Field(() => AuthServiceKeyType)
  readonly key: AuthServiceKeyType;

  @Field(() => String, { description: 'The key itself. Only hashes of it are stored; it cannot be shown again.' })
  readonly secret: string;

  constructor({ key, secret }: IssuedServiceKey) {
    this.key = new AuthServiceKeyType(key);
    this.secret = secret;
  }
}

@ObjectType('AuthServiceKeyRevoked', { description: 'The key gets no further access tokens.' })
export class AuthServiceKeyRevokedType {
  readonly __typename = 'AuthServiceKeyRevoked';

  @Field(() => AuthServiceKeyType)
  readonly key: AuthServiceKeyType;

  constructor(key: ServiceKeyRecord) {
    this.key = new AuthServiceKeyType(key);
  }
}

@ObjectType('AuthServiceAccountDeleted', { description: 'The service account is deleted, and its tokens are stale.' })
export class AuthServiceAccountDeletedType {
  readonly __typename = 'AuthServiceAccountDeleted';

  @Field(() => ID)
  readonly serviceAccountId: string;

  constructor(id: string) {
    this.serviceAccountId = id;
  }
}

@InputType()
export class AdminServiceAccountInput {
  @Field(() => ID)
  declare serviceAccountId: string;
}

@InputType()
export class AdminCreateServiceAccountInput {
  @Field(() => String)
  declare name: string;

  @Field(() => [String])
  declare scopes: string[];
}

@InputType()
export class AdminServiceKeyInput {
  @Field(() => ID)
  declare serviceAccountId: string;

  @Field(() => ID)
  declare keyId: string;
}
