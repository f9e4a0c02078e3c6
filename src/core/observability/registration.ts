import type { Registry } from 'prom-client';

/** The metrics that one subgraph has registered. */
export class Registration {
  private readonly added: string[] = [];

  constructor(private readonly registry: Registry) {}

  /** Registers metrics: all of them, or none if one of the names is taken. */
  add<Result>(register: () => Result): Result {
    const known = new Set(this.names());
    try {
      return register();
    } catch (error) {
      this.remove(this.names().filter((name) => !known.has(name)));
      throw error;
    } finally {
      this.added.push(...this.names().filter((name) => !known.has(name)));
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
