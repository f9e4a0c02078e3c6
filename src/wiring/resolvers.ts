import { EmailChangeResolver } from '../features/email-change/email-change.resolver.js';
import { EmailVerificationResolver } from '../features/email-verification/email-verification.resolver.js';
import { LoginResolver } from '../features/password/login.resolver.js';
import { PasswordResolver } from '../features/password/password.resolver.js';
import { RegistrationResolver } from '../features/registration/registration.resolver.js';
import type { Class, RequestScope } from '../core/graphql/context.js';
import {
  buildAuthSchema,
  type ReferenceResolver,
  type SchemaOptions,
  type SubgraphSchema,
} from '../core/graphql/schema.js';
import { SessionResolver } from '../features/sessions/session.resolver.js';
import { UserResolver } from '../features/profile/user.resolver.js';
import type { AuthServices } from './services.js';

type Factory = (services: AuthServices) => object;

const factories = new Map<Class, Factory>([
  [UserResolver, ({ users }) => new UserResolver(users)],
  [RegistrationResolver, ({ registration }) => new RegistrationResolver(registration)],
  [LoginResolver, ({ login }) => new LoginResolver(login)],
  [SessionResolver, ({ sessions }) => new SessionResolver(sessions)],
  [EmailVerificationResolver, ({ emailVerification }) => new EmailVerificationResolver(emailVerification)],
  [PasswordResolver, (services) => new PasswordResolver(services.passwordReset, services.passwordChange)],
  [EmailChangeResolver, ({ emailChange }) => new EmailChangeResolver(emailChange)],
]);

/** Builds the schema alone, for printing it without a database. */
export function buildSchema(options: SchemaOptions = { requiredScopes: {}, authDirectives: false }): SubgraphSchema {
  const references: Readonly<Record<string, ReferenceResolver>> = {
    User: (reference, context) => context.scope.get(UserResolver).resolveReference(reference, context),
  };
  return buildAuthSchema([...factories.keys()], references, options);
}

/** Makes the services and each resolver once a request, when a field first asks for one. */
export function createResolverScope(createServices: () => AuthServices): RequestScope {
  const made = new Map<Class, object>();
  let services: AuthServices | undefined;
  return {
    get<T extends object>(wanted: Class<T>): T {
      const instance = made.get(wanted) ?? factories.get(wanted)?.((services ??= createServices()));
      if (!instance) throw new Error(`nothing makes a ${wanted.name}`);
      made.set(wanted, instance);
      return instance as T;
    },
  };
}
