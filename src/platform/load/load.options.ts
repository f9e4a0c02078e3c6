import { flag } from '../options/option-types.js';

export const loadOptions = {
  readiness: {
    watchLoad: flag
      .default(true)
      .describe(
        'Whether `/health/ready` also fails under high load, before requests are refused. Set it to false if there is only one process.',
      ),
  },
} as const;

export interface LoadConfig {
  readonly readiness: { readonly watchLoad: boolean };
}
