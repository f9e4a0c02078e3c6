/**
 * Wakes the relay when events may have been committed, so that it can poll rarely. Only a hint: without it, the relay
 * finds the events later.
 */
export class EventSignal {
  private recorded = 0;
  private wake: () => void = () => undefined;

  /** Sets what happens on the signal. */
  onCommitted(wake: () => void): void {
    this.wake = wake;
  }

  /** Notes that an event is about to be written. */
  noteRecorded(): void {
    this.recorded += 1;
  }

  /**
   * Does work that waits for its own statements and transactions, and gives the signal at its end if events were recorded
   * in the meantime.
   */
  readonly after = async <T>(work: () => T | Promise<T>): Promise<T> => {
    const before = this.recorded;
    try {
      return await work();
    } finally {
      // Concurrent work may have recorded them: a needless signal does no harm.
      if (this.recorded !== before) this.wake();
    }
  };
}
