import type { Class, EntityResolver } from '../graphql/schema.js';
import type { EmailDefinition } from '../email/email-definition.js';
import type { DomainEvent, EventClass, EventClasses } from '../events/domain-event.js';
import type { Command } from '../../platform/commands/command.js';
import type { Tables } from '../../platform/database/tables.js';
import type { OptionTree } from '../../platform/options/option-tree.js';
import type { Core } from './core.js';

/** A resolver class, and how its one instance is made. */
interface ResolverDefinition {
  readonly type: Class;
  create(services: never): object;
}

/** Hears of an event that the feature itself, or the core, has recorded. */
export interface ListenerDefinition {
  readonly event: EventClass;
  /** Tells the listeners of one event apart, and stays the same between releases. */
  readonly name: string;
  listen(event: DomainEvent): Promise<void> | void;
}

/**
 * A capability of the subgraph. Whatever it adds is named here, so that one that is left out leaves nothing behind: no
 * field, event, email, option or command.
 */
export interface Feature {
  readonly name: string;
  /** What the application may set. */
  readonly options?: OptionTree;
  /** The events that it records, by the names of their classes. */
  readonly events?: EventClasses;
  readonly emails?: readonly EmailDefinition[];
  /** Tables in addition to those of the core. */
  readonly tables?: Tables;
  /** Commands for operators, which work on the subgraph with the services of the feature. */
  readonly commands?: readonly Command<never>[];
  readonly resolvers?: readonly ResolverDefinition[];
  /** The resolvers that load the entities that a gateway refers to, by the names of their types. */
  readonly references?: Readonly<Record<string, Class<EntityResolver>>>;
  /** What its resolvers call, usable without GraphQL. Called once for each subgraph. */
  services?(core: Core): object;
  listeners?(core: Core): readonly ListenerDefinition[];
}
