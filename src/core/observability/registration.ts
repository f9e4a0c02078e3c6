import type { Registry } from 'prom-client';

/** The metrics that one subgraph has registered. */
export class Registration {
  private readonly added: string[] = [];

  constructor(private readonly registry: Registry) {}

  /** Registers metrics: all of them, or none if one of the names is taken. */
  add<Result>(register: () => Result): Result {
    const known = new Set(this.names());
    const added = (): string[] => this.names().filter((name) => !known.has(name));
    try {
      const result = register();
      this.added.push(...added());
      return result;
    } catch (error) {
      this.remove(added());
      throw error;
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
