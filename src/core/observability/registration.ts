import type { Registry } from 'prom-client';
import { ConfigError } from '../../platform/options/config-error.js';

/** The metrics that one subgraph has registered. */
export class Registration {
  private readonly added: string[] = [];

  constructor(private readonly registry: Registry) {}

  /**
   * Registers metrics: all of them, or none if one of the names is taken.
   * @throws ConfigError a name is taken, such as by another subgraph
   */
  add<Result>(register: () => Result): Result {
    const known = new Set(this.names());
    const added = (): string[] => this.names().filter((name) => !known.has(name));
    try {
      const result = register();
      this.added.push(...added());
      return result;
    } catch (error) {
      this.remove(added());
      // Nothing can be taken in an empty registry.
      if (known.size === 0) throw error;
      const { message } = error as Error;
      throw new ConfigError([{ path: 'metrics', problem: `must be a registry without these metrics: ${message}` }]);
    }
  }

  end(): void {
    this.remove(this.added.splice(0));
  }

  private names(): string[] {
    return this.registry.getMetricsAsArray().map(({ name }) => name);
  }

  private remove(names: readonly string[]): void {
    for (const name of names) this.registry.removeSingleMetric(name);
  }
}
