import { useEffect, useState } from 'react';
import type { AuthFormError } from './form.types.js';

const SECOND_MS = 1000;

/** How many seconds of the wait that an error asks for are left; undefined if it asks for none. */
export function useRemainingSeconds(error: AuthFormError | undefined): number | undefined {
  const total = error?.retryAfterSeconds;
  const [shown, setShown] = useState<{ readonly of: AuthFormError | undefined; readonly seconds: number }>();
  useEffect(() => {
    if (total === undefined) return undefined;
    const endsAtMs = performance.now() + total * SECOND_MS;
    const timer = setInterval(() => {
      const seconds = Math.max(0, Math.ceil((endsAtMs - performance.now()) / SECOND_MS));
      setShown({ of: error, seconds });
      if (seconds === 0) clearInterval(timer);
    }, SECOND_MS);
    return () => clearInterval(timer);
  }, [error, total]);
  // What is left of an earlier error says nothing about this one.
  return shown !== undefined && shown.of === error ? shown.seconds : total;
}
