/** What one request reads at most once. Nothing is kept from one request to the next. */
export class RequestLoaders {
  private readonly made = new Map<string, unknown>();

  /** The value of this name, which the first call in a request creates. */
  get<Value>(name: string, create: () => Value): Value {
    if (!this.made.has(name)) this.made.set(name, create());
    return this.made.get(name) as Value;
  }
}
