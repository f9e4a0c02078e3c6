import type { PoolClient } from 'pg';

type Callback = (error: Error | undefined, value?: unknown) => void;

export interface StatementOutcome {
  succeeded(): void;
  /** Returns the error for the holder of the connection. */
  failed(error: Error): Error;
}

/** Reports the outcome of every statement on a connection. */
export function watchStatements(client: PoolClient, begin: (text: string) => StatementOutcome): void {
  const query = client.query.bind(client) as (...words: unknown[]) => unknown;
  const watched = (...words: unknown[]): unknown => {
    const outcome = begin(textOf(words[0]));
    const callback = words.at(-1);
    if (typeof callback === 'function') {
      const settle = callback as Callback;
      return query(...words.slice(0, -1), (error: Error | undefined, result: unknown) => {
        if (!error) outcome.succeeded();
        settle(error && outcome.failed(error), result);
      });
    }
    const answer = query(...words);
    if (!(answer instanceof Promise)) return answer;
    return answer.then(
      (result: unknown) => {
        outcome.succeeded();
        return result;
      },
      (error: unknown) => {
        throw outcome.failed(error as Error);
      },
    );
  };
  client.query = watched as typeof client.query;
}

/** The text of a statement as the driver takes it. */
export function textOf(statement: unknown): string {
  if (typeof statement === 'string') return statement;
  const { text } = statement as { text?: unknown };
  return typeof text === 'string' ? text : '';
}
