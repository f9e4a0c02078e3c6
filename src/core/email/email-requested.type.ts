import { Field, ObjectType } from 'type-graphql';
import { EmailAddressScalar } from '../users/email-address.scalar.js';

@ObjectType('MailRequested', { description: 'What the forms that send mail answer, whoever asked.' })
export class MailRequestedType {
  readonly __typename = 'MailRequested';

  @Field(() => EmailAddressScalar, { description: 'The address that was given, whether or not a mail goes there.' })
  readonly email: string;

  constructor(email: string) {
    this.email = email;
  }
}
