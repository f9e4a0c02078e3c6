import { Public } from '@auth-subgraph/verifier/type-graphql';
import { sql } from 'kysely';
import { Arg, Ctx, Field, InputType, Mutation, Resolver } from 'type-graphql';
import { enterSession, LoginSuccessType } from '../../src/core/authentication/login-success.type.js';
import type { OpenedSession } from '../../src/core/authentication/authentication.service.js';
import type { Core } from '../../src/core/composition/core.js';
import type { CoreConfig } from '../../src/core/composition/core.options.js';
import type { Feature } from '../../src/core/composition/feature.js';
import { defineEmail } from '../../src/core/email/email-definition.js';
import { InvalidCredentialsErrorType } from '../../src/core/errors/error.types.js';
import { InvalidCredentialsError } from '../../src/core/errors/errors.js';
import { DomainEvent, type TrailOf } from '../../src/core/events/domain-event.js';
import { AuthenticationMutation } from '../../src/core/graphql/authentication-mutation.js';
import type { GraphQLContext } from '../../src/core/graphql/context.js';
import type { RequestOrigin } from '../../src/platform/http/request-origin.js';
import { resultUnion } from '../../src/platform/graphql/result-union.js';
import type { ConfigOf } from '../../src/platform/options/option-tree.js';
import { text } from '../../src/platform/options/option-types.js';

/** A made-up way to log in: one passphrase for everyone. */
const passphraseOptions = {
  passphrase: { phrase: text(100).default('open sesame').describe('What everybody says to sign in.') },
} as const;

export class PassphraseAccepted extends DomainEvent {
  static readonly trail: TrailOf<PassphraseAccepted> = [];
  declare readonly userId: string;
}

const acceptedEmail = defineEmail({
  kind: 'passphrase-accepted',
  template: {
    subject: 'You said the words to <%= it.productName %>',
    text: 'You said them at <%= it.at %>.',
    html: '<p>You said them at <%= it.at %>.</p>',
  },
  sample: { at: new Date(0) },
  limit: 'hourly',
  sentOn: [PassphraseAccepted],
  async compose({ userId, occurredAt }, { userRepository }: Core) {
    const owner = await userRepository.findActiveById(userId);
    return owner && { owner, data: { at: occurredAt } };
  },
});

class PassphraseService {
  constructor(private readonly core: Core<CoreConfig & ConfigOf<typeof passphraseOptions>>) {}

  async signIn({ email, phrase }: SayPassphraseInput, origin: RequestOrigin): Promise<OpenedSession> {
    const { authentication, clock, config, eventRecorder, userRepository } = this.core;
    const user = await userRepository.findActiveByEmail(email);
    if (!user || phrase !== config.passphrase.phrase) throw new InvalidCredentialsError();
    const opened = await authentication.signIn(
      {
        user,
        methods: ['passphrase'],
        provenAt: clock.now(),
        events: [eventRecorder.record(PassphraseAccepted, { userId: user.id })],
        account: { kind: 'existing', guard: sql`u.email = ${user.email}` },
      },
      origin,
    );
    if (!opened) throw new InvalidCredentialsError();
    return opened;
  }
}

@InputType()
class SayPassphraseInput {
  @Field(() => String)
  declare email: string;

  @Field(() => String)
  declare phrase: string;
}

const SayPassphraseResult = resultUnion('SayPassphraseResult', 'An open session, or why there is none.', [
  LoginSuccessType,
  InvalidCredentialsErrorType,
]);

@Resolver()
class PassphraseResolver {
  constructor(private readonly passphrases: PassphraseService) {}

  @Public()
  @AuthenticationMutation()
  @Mutation(() => SayPassphraseResult, { nullable: true, description: 'Signs in with the passphrase.' })
  async sayPassphrase(
    @Arg('input', () => SayPassphraseInput) input: SayPassphraseInput,
    @Ctx() context: GraphQLContext,
  ): Promise<LoginSuccessType> {
    context.refreshCookie.refuseOtherSites();
    const opened = await this.passphrases.signIn(input, context.origin);
    return enterSession(opened, context);
  }
}

interface PassphraseServices {
  readonly passphrases: PassphraseService;
}

export const passphrase = {
  name: 'passphrase',
  options: passphraseOptions,
  events: { PassphraseAccepted },
  emails: [acceptedEmail],
  resolvers: [
    {
      type: PassphraseResolver,
      create: (services: PassphraseServices) => new PassphraseResolver(services.passphrases),
    },
  ],
  services: (core: Core<CoreConfig & ConfigOf<typeof passphraseOptions>>): PassphraseServices => ({
    passphrases: new PassphraseService(core),
  }),
} satisfies Feature;
