import { Writable } from 'node:stream';
import { pino, type Logger as PinoLogger } from 'pino';
import type { Logger } from '../../src/platform/logger.js';
import { RunRecord } from './secrets/run-record.js';

/** A logger whose lines the test can read. They are noted for the search for secrets at the end of the run. */
export function recordingLogger(place = 'log'): {
  logger: PinoLogger;
  lines: () => Record<string, unknown>[];
  text: () => string;
} {
  const record = RunRecord.ofRun();
  let text = '';
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString();
      record.log(place, chunk.toString());
      done();
    },
  });
  const lines = (): Record<string, unknown>[] =>
    text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  return { logger: pino({ level: 'debug' }, stream), lines, text: () => text };
}

/** Passes everything on to a logger, and notes it. */
export function recorded(logger: Logger): Logger {
  const { logger: noting } = recordingLogger();
  const write =
    (level: keyof Logger) =>
    (fields: object, message: string): unknown => {
      noting[level](fields, message);
      // That of a test may return a promise.
      const given: (...line: [object, string]) => unknown = logger[level].bind(logger);
      return given(fields, message);
    };
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
}
