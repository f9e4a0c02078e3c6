import { Query, Resolver } from 'type-graphql';
import { Public } from '@auth-subgraph/verifier/type-graphql';
import { AuthSettingsType, type AuthSettings } from './settings.type.js';

@Resolver()
export class SettingsResolver {
  constructor(private readonly settings: AuthSettings) {}

  @Public()
  @Query(() => AuthSettingsType, {
    nullable: true,
    description: 'What a form needs to know before the user is signed in. Public.',
  })
  authSettings(): AuthSettings {
    return this.settings;
  }
}
