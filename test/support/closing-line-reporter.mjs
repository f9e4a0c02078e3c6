/**
 * Ends a run with one line that a machine can read: `12 passed, 0 failed`, and `, 3 skipped` when there are any.
 * A test file that could not be loaded counts as one failure, and so does a secret that the teardown found.
 */
export default class ClosingLineReporter {
  #results;

  constructor() {
    // Jest's own summary and the teardown come after every reporter, so wait until they are written.
    process.once('exit', () => process.stdout.write(this.#closingLine()));
  }

  onRunComplete(_contexts, results) {
    this.#results = results;
  }

  #closingLine() {
    const results = this.#results;
    if (!results) return '';
    const leaks = Number(process.env.AUTH_SUBGRAPH_TEST_LEAKS ?? 0);
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites + leaks;
    const skipped = results.numPendingTests + results.numTodoTests;
    const counts = [`${results.numPassedTests} passed`, `${failed} failed`];
    if (skipped > 0) counts.push(`${skipped} skipped`);
    return `\n${counts.join(', ')}\n`;
  }
}
