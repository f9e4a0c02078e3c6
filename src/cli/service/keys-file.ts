import type { KeySource } from '@auth-subgraph/verifier';
import type { Logger } from 'pino';
import { checkKeys } from '../../config/config.js';
import { inVariableNames } from '../../config/env.js';
import type { AuthSubgraph } from '../../subgraph.js';
import { readKeys, watchKeys } from '../keys/key-ring-file.js';
import { ConfigError, readError } from '../../platform/options/config-error.js';

/**
 * Reads the keys in the file of JWT_KEYS_FILE. @throws ConfigError the file cannot be read or a key in it is
 * unusable
 */
export async function readKeysFile(file: string): Promise<readonly KeySource[]> {
  try {
    return checkKeys(await readKeys(file), 'jwt.keysFile');
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    const fix = `${isMissing ? 'create it with `auth-subgraph keys generate`, or ' : ''}set the path of another file`;
    throw readError('jwt.keysFile', error, fix);
  }
}

/**
 * Reloads the keys of a running subgraph whenever the file changes, until the returned function is called. An unusable
 * file changes nothing.
 * @param report called with whether the keys in the file are in use
 */
export function followKeysFile(
  auth: AuthSubgraph,
  file: string | undefined,
  logger: Logger,
  report: (isInUse: boolean) => void,
): () => void {
  if (file === undefined) return () => undefined;
  const follow = async (): Promise<void> => {
    try {
      auth.useKeys(await readKeysFile(file));
      report(true);
      logger.info({ kids: auth.publicKeys.map(({ kid }) => kid) }, 'reloaded the keys');
    } catch (error) {
      report(false);
      const problem = inVariableNames(error as ConfigError).message;
      logger.error({ problem }, 'could not reload the keys; keeping the current ones');
    }
  };
  const unwatch = watchKeys(file, () => void follow());
  // The file may have changed since it was read at startup.
  void follow();
  return unwatch;
}
