import 'reflect-metadata';
import type { CoreServices } from './core/composition/core-services.js';
import type { CORE_EVENTS } from './core/composition/core.events.js';
import { eventClassesOf, tablesOf } from './core/composition/feature-parts.js';
import type { Feature } from './core/composition/feature.js';
import { accountClosing } from './features/account-closing/account-closing.feature.js';
import { auditTrail } from './features/audit-trail/audit-trail.feature.js';
import { accounts } from './features/accounts/accounts.feature.js';
import { diagnosis } from './features/diagnosis/diagnosis.feature.js';
import { emailChange } from './features/email-change/email-change.feature.js';
import { emailVerification } from './features/email-verification/email-verification.feature.js';
import { invitations } from './features/invitations/invitations.feature.js';
import { lockout } from './features/lockout/lockout.feature.js';
import { password } from './features/password/password.feature.js';
import { profile } from './features/profile/profile.feature.js';
import { registration } from './features/registration/registration.feature.js';
import { roles } from './features/roles/roles.feature.js';
import { serviceAccounts } from './features/service-accounts/service-accounts.feature.js';
import { sessions } from './features/sessions/sessions.feature.js';
import { settings } from './features/settings/settings.feature.js';
import { userList } from './features/user-list/user-list.feature.js';
import { userImport } from './features/user-import/user-import.feature.js';
import type { ConfigOf, OptionTree, UnionToIntersection } from './platform/options/option-tree.js';

/** The features of the subgraph. To add one, add a folder and an entry here. */
export const FEATURES = [
  profile,
  settings,
  registration,
  emailVerification,
  password,
  sessions,
  emailChange,
  lockout,
  roles,
  auditTrail,
  invitations,
  userImport,
  accounts,
  accountClosing,
  serviceAccounts,
  userList,
  diagnosis,
] as const satisfies readonly Feature[];

type AnyFeature = (typeof FEATURES)[number];
type Part<Name extends keyof Feature> = Extract<AnyFeature, Readonly<Record<Name, unknown>>>[Name];

export type FeatureOptions = Part<'options'>;
type ConfigOfEach<Tree> = Tree extends OptionTree ? ConfigOf<Tree> : never;
export type FeatureConfig = UnionToIntersection<ConfigOfEach<FeatureOptions>>;

/** The services behind the resolvers, which also work without GraphQL. */
export type AuthServices = CoreServices & UnionToIntersection<ReturnType<Part<'services'>>>;

/** The tables of the core and of all features. */
export const TABLES = tablesOf(FEATURES);

/** All events, by the name that is stored. */
export const EVENT_CLASSES = eventClassesOf(FEATURES) as typeof CORE_EVENTS & UnionToIntersection<Part<'events'>>;
