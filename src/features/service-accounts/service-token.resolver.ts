import { Public } from '@auth-subgraph/verifier/type-graphql';
import { GraphQLDateTime, GraphQLJWT } from 'graphql-scalars';
import { Arg, Ctx, Field, InputType, Mutation, ObjectType, Resolver } from 'type-graphql';
import { InvalidCredentialsErrorType, TooManyRequestsErrorType } from '../../core/errors/error.types.js';
import { AuthenticationMutation } from '../../core/graphql/authentication-mutation.js';
import type { GraphQLContext } from '../../core/graphql/context.js';
import { resultUnion } from '../../platform/graphql/result-union.js';
import type { ServiceToken, ServiceTokenService } from './service-token.service.js';

@InputType()
export class IssueServiceTokenInput {
  @Field(() => String)
  declare key: string;
}

@ObjectType('ServiceTokenIssued', {
  description: 'An access token of a service account. Its subject is the service account, and it has no session.',
})
export class ServiceTokenIssuedType {
  readonly __typename = 'ServiceTokenIssued';

  @Field(() => GraphQLJWT)
  readonly accessToken: string;

  @Field(() => GraphQLDateTime)
  readonly accessTokenExpiresAt: Date;

  @Field(() => [String])
  readonly scopes: readonly string[];

  constructor({ accessToken, accessTokenExpiresAt, scopes }: ServiceToken) {
    this.accessToken = accessToken;
    this.accessTokenExpiresAt = accessTokenExpiresAt;
    this.scopes = scopes;
  }
}

const IssueServiceTokenResult = resultUnion(
  'IssueServiceTokenResult',
  'An access token, or the reason for the failure.',
  [ServiceTokenIssuedType, InvalidCredentialsErrorType, TooManyRequestsErrorType],
);

@Resolver()
export class ServiceTokenResolver {
  constructor(private readonly serviceTokens: ServiceTokenService) {}

  @Public()
  @AuthenticationMutation()
  @Mutation(() => IssueServiceTokenResult, {
    nullable: true,
    description:
      'Exchanges the key of a service account for an access token. Requires no user. There is no refresh token.',
  })
  async issueServiceToken(
    @Arg('input', () => IssueServiceTokenInput) { key }: IssueServiceTokenInput,
    @Ctx() { origin }: GraphQLContext,
  ): Promise<ServiceTokenIssuedType> {
    return new ServiceTokenIssuedType(await this.serviceTokens.issue(key, origin));
  }
}
