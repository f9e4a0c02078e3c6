import { Field, ObjectType } from 'type-graphql';
import { EmailAddressScalar } from '../users/email-address.scalar.js';

@ObjectType('MailRequested', {
  description:
    'The result of every operation that sends a link by email. It does not reveal whether the address is registered.',
})
export class MailRequestedType {
  readonly __typename = 'MailRequested';

  @Field(() => EmailAddressScalar, {
    description: 'The address from the input, whether or not an email is sent to it.',
  })
  readonly email: string;

  constructor(email: string) {
    this.email = email;
  }
}
