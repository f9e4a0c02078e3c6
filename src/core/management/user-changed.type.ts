import type { Viewer } from '@auth-subgraph/verifier';
import { Field, ID, InputType, ObjectType } from 'type-graphql';
import type { ChangedAccount } from './change-outcome.js';
import { AuthUserRecordType } from './user-record.type.js';

@InputType()
export class AdminUserInput {
  @Field(() => ID)
  declare userId: string;
}

@ObjectType('AuthUserChanged', { description: 'The user was changed.' })
export class AuthUserChangedType {
  readonly __typename = 'AuthUserChanged';

  @Field(() => AuthUserRecordType)
  readonly record: AuthUserRecordType;

  @Field(() => Boolean, {
    description: 'False if nothing had to change; no event is recorded.',
  })
  readonly changed: boolean;

  constructor({ changed, record }: ChangedAccount, viewer: Viewer) {
    this.record = new AuthUserRecordType(record, viewer);
    this.changed = changed;
  }
}
