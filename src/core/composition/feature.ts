import type { EntityManager } from '@mikro-orm/postgresql';
import type { Class, EntityResolver } from '../graphql/schema.js';
import type { EmailDefinition } from '../email/email-definition.js';
import type { DomainEvent, EventClass, EventClasses } from '../events/domain-event.js';
import type { Command } from '../../platform/commands/command.js';
import type { Tables } from '../../platform/database/tables.js';
import type { UpkeepTask } from '../housekeeping/housekeeping.service.js';
import type { OptionTree } from '../../platform/options/option-tree.js';
import type { Core } from './core.js';

/** A resolver class, and how to create its single instance. */
export interface ResolverDefinition {
  readonly type: Class;
  create(services: never): object;
  /** Whether its fields are in the schema. @default always */
  readonly isEnabled?: (config: object) => boolean;
}

/** Listens to an event of the feature itself or of the core. */
export interface ListenerDefinition {
  readonly event: EventClass;
  /** Unique among the listeners of one event. Must stay the same between releases. */
  readonly name: string;
  listen(event: DomainEvent): Promise<void> | void;
  /** Returns `false` if the listener has no use for the event. Sees only what is stored with it. */
  wants?(event: DomainEvent): boolean;
}

/** What the upkeep of a feature works with. */
export interface UpkeepParts {
  /** The connections for background work, which may take long. */
  readonly em: EntityManager;
  /** The kinds of emails that all features send. */
  readonly emailKinds: readonly string[];
}

/**
 * A capability of the subgraph. Everything that it adds is listed here, so a feature that is left out adds nothing: no
 * fields, events, emails, options or commands.
 */
export interface Feature {
  readonly name: string;
  /** The options that the application can set. */
  readonly options?: OptionTree;
  /** The events that the feature records, by class name. */
  readonly events?: EventClasses;
  readonly emails?: readonly EmailDefinition[];
  /** Tables in addition to those of the core. */
  readonly tables?: Tables;
  /** Commands for operators, which use the services of the feature. */
  readonly commands?: readonly Command<never>[];
  readonly resolvers?: readonly ResolverDefinition[];
  /** The resolvers of user management, which exist only if `admin.schema` is not `off`. */
  readonly managementResolvers?: readonly ResolverDefinition[];
  /** The resolvers that load entities referenced by a gateway, by type name. */
  readonly references?: Readonly<Record<string, Class<EntityResolver>>>;
  /** Creates the services behind its resolvers, which also work without GraphQL. Called once for each subgraph. */
  services?(core: Core): object;
  listeners?(core: Core): readonly ListenerDefinition[];
  /** Work that is done with the housekeeping. */
  upkeep?(core: Core, parts: UpkeepParts): UpkeepTask;
}
