/** The result of one check of `doctor`. */
export interface Finding {
  readonly check: string;
  readonly status: 'ok' | 'warning' | 'failure';
  /** What was found, and what to do if it is not ok. */
  readonly detail: string;
}

export function ok(check: string, detail: string): Finding {
  return { check, status: 'ok', detail };
}

export function warning(check: string, detail: string): Finding {
  return { check, status: 'warning', detail };
}

export function failure(check: string, detail: string): Finding {
  return { check, status: 'failure', detail };
}
