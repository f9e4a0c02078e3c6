import { Field, Int, ObjectType } from 'type-graphql';
import { PasswordRuleEnum } from '../../core/errors/error.types.js';
import type { PasswordRule } from '../../core/errors/errors.js';

export interface AuthSettings {
  readonly registrationEnabled: boolean;
  readonly emailVerificationRequired: boolean;
  readonly passwordMinLength: number;
  readonly passwordRules: PasswordRule[];
}

@ObjectType('AuthSettings', { description: 'The settings that forms depend on.' })
export class AuthSettingsType implements AuthSettings {
  @Field(() => Boolean)
  declare readonly registrationEnabled: boolean;

  @Field(() => Boolean, { description: 'Whether users must verify their address before they can sign in.' })
  declare readonly emailVerificationRequired: boolean;

  @Field(() => Int, { description: 'The minimum number of characters in a new password.' })
  declare readonly passwordMinLength: number;

  @Field(() => [PasswordRuleEnum], { description: 'The rules that new passwords are checked against.' })
  declare readonly passwordRules: PasswordRule[];
}
