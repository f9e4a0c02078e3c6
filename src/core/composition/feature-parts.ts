import type { Tables } from '../../platform/database/tables.js';
import type { EmailDefinition } from '../email/email-definition.js';
import type { EventClasses } from '../events/domain-event.js';
import type { Class, ResolverClasses } from '../graphql/schema.js';
import { CORE_TABLES } from '../tables/tables.js';
import { CORE_EVENTS } from './core.events.js';
import type { UpkeepTask } from '../housekeeping/housekeeping.service.js';
import type { Core } from './core.js';
import type { Feature, ListenerDefinition, ResolverDefinition, UpkeepParts } from './feature.js';

type Features = readonly Feature[];

/** The event classes of the core and of these features. */
export function eventClassesOf(features: Features): EventClasses {
  return merge([CORE_EVENTS, ...features.map(({ events = {} }) => events)]);
}

export function emailsOf(features: Features): EmailDefinition[] {
  return features.flatMap(({ emails = [] }) => emails);
}

/** The tables of the core, then those of the features. */
export function tablesOf(features: Features): Tables {
  const all = [CORE_TABLES, ...features.flatMap(({ tables = [] }) => tables)];
  return {
    entities: all.flatMap(({ entities }) => entities),
    migrations: all.flatMap(({ migrations }) => migrations),
    indexes: all.flatMap(({ indexes = [] }) => indexes),
  };
}

/** The resolver classes that the options enable. */
export function resolverClassesOf(features: Features, config: object): ResolverClasses {
  const enabled = (resolvers: readonly ResolverDefinition[]): Class[] =>
    resolvers.filter(({ isEnabled }) => isEnabled?.(config) ?? true).map(({ type }) => type);
  return {
    classes: enabled(features.flatMap((feature) => feature.resolvers ?? [])),
    management: enabled(features.flatMap((feature) => feature.managementResolvers ?? [])),
    references: Object.assign(
      {},
      ...features.map(({ references = {} }) => references),
    ) as ResolverClasses['references'],
  };
}

/** The services of all features, merged into one object. */
export function createFeatureServices(features: Features, core: Core): object {
  return merge(features.map((feature) => feature.services?.(core) ?? {}));
}

export function createResolvers(features: Features, services: object): [Class, object][] {
  const definitions = features.flatMap(({ resolvers = [], managementResolvers = [] }) => [
    ...resolvers,
    ...managementResolvers,
  ]);
  return definitions.map((definition) => [definition.type, definition.create(services as never)]);
}

export function listenersOf(features: Features, core: Core): ListenerDefinition[] {
  return features.flatMap((feature) => feature.listeners?.(core) ?? []);
}

/** What features do with the housekeeping. */
export function upkeepTasksOf(features: Features, core: Core, em: UpkeepParts['em']): UpkeepTask[] {
  const emailKinds = emailsOf(features).map(({ kind }) => kind);
  return features.flatMap((feature) => feature.upkeep?.(core, { em, emailKinds }) ?? []);
}

/** Two features that use one name are a mistake that would otherwise hide one of them. */
function merge<Part extends object>(parts: readonly Part[]): Part {
  const merged: Record<string, unknown> = {};
  for (const [name, value] of parts.flatMap((part) => Object.entries(part))) {
    if (Object.hasOwn(merged, name)) throw new Error(`two features have a "${name}"`);
    merged[name] = value;
  }
  return merged as Part;
}
