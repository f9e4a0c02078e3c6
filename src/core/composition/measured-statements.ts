import type { StatementObserver } from '../../platform/database/statement-observer.js';
import type { Metrics } from '../observability/metrics.js';

/**
 * Measures statements.
 * @param inner traces them too
 */
export function measuredStatements(metrics: Metrics, inner: StatementObserver | undefined): StatementObserver {
  return {
    async run(name, statement, asked) {
      const start = performance.now();
      try {
        return await (inner ? inner.run(name, statement, asked) : statement());
      } finally {
        metrics.statement(name, (performance.now() - start) / 1000);
      }
    },
    noteAsked: (asked) => inner?.noteAsked(asked),
  };
}
