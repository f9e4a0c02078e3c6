/** Values that one request reads at most once. Nothing is kept between requests. */
export class RequestLoaders {
  private readonly made = new Map<string, unknown>();

  /** Returns the value with this name; the first call in a request creates it. */
  get<Value>(name: string, create: () => Value): Value {
    if (!this.made.has(name)) this.made.set(name, create());
    return this.made.get(name) as Value;
  }
}
