/** Sees the statements of repositories, each by the name of its method. */
export interface StatementObserver {
  /**
   * Runs a statement.
   * @param asked what requests have asked of it, if it is a gathered one
   */
  run<Result>(name: string, statement: () => Promise<Result>, asked?: readonly object[]): Promise<Result>;
  /** Notes that the running request asks this of a gathered statement. */
  noteAsked(asked: object): void;
}

/** A class whose methods all return promises: an observer would make the result of any other one a promise too. */
export type Observable<Repository> = {
  readonly [Name in keyof Repository]: Repository[Name] extends (...values: never[]) => unknown
    ? (...values: Parameters<Repository[Name]>) => Promise<unknown>
    : Repository[Name];
};

/**
 * Lets an observer see the calls of a repository. What a method calls on its own repository is part of that method, so each
 * statement is seen once.
 */
export function observedRepository<Repository extends Observable<Repository> & object>(
  repository: Repository,
  observer: StatementObserver | undefined,
): Repository {
  if (!observer) return repository;
  const prototype = Object.getPrototypeOf(repository) as Record<string, unknown>;
  const methods = Object.getOwnPropertyNames(prototype).flatMap((method) => {
    const run = prototype[method];
    if (method === 'constructor' || typeof run !== 'function') return [];
    const name = `${repository.constructor.name}.${method}`;
    const observed = (...values: unknown[]): Promise<unknown> =>
      observer.run(name, () => run.apply(repository, values) as Promise<unknown>);
    return [[method, { value: observed }] as const];
  });
  return Object.create(repository, Object.fromEntries(methods)) as Repository;
}
