/** A logger; a pino instance works. The first argument contains the fields, the second is the message. */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/**
 * A logger that never fails: what is logged has happened already, and must not fail or end the process because of it. The
 * first failure is announced by a warning of the process.
 */
export function failsafeLogger(logger: Logger): Logger {
  let isReported = false;
  const report = (error: unknown): void => {
    const name = error instanceof Error ? error.name : typeof error;
    if (!isReported)
      process.emitWarning(`The logger failed (${name}), and lines of the log are missing.`, 'LoggerWarning');
    isReported = true;
  };
  const log =
    (level: keyof Logger): Logger['info'] =>
    (fields, message) => {
      try {
        // An asynchronous one returns a promise.
        const write: (...line: [object, string]) => unknown = logger[level].bind(logger);
        const written = write(fields, message);
        if (written instanceof Promise) written.catch(report);
      } catch (error) {
        report(error);
      }
    };
  return { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') };
}

const ignore = (): undefined => undefined;

/** A logger that discards everything. */
export const silentLogger: Logger = { debug: ignore, info: ignore, warn: ignore, error: ignore };
