import type { KeySource } from '@auth-subgraph/verifier';
import type { Logger } from 'pino';
import { checkKeys } from '../../config/config.js';
import { inVariableNames } from '../../config/env.js';
import type { AuthSubgraph } from '../../subgraph.js';
import { readKeys, watchKeys } from '../keys/key-ring-file.js';
import { ConfigError } from '../../platform/options/config-error.js';

/** The keys in the file of JWT_KEYS_FILE. @throws ConfigError the file cannot be read, or a key in it cannot be used */
export async function readKeysFile(file: string): Promise<readonly KeySource[]> {
  try {
    return checkKeys(await readKeys(file), 'jwt.keysFile');
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    const { code, name } = error as NodeJS.ErrnoException;
    const fix = 'make it with `auth-subgraph keys generate`, or write the path of another';
    throw new ConfigError([{ path: 'jwt.keysFile', problem: `cannot be read (${code ?? name}); ${fix}` }]);
  }
}

/**
 * Has a running subgraph use the keys of a file whenever it changes, until the returned function is called. A file that
 * cannot be used changes nothing.
 */
export function followKeysFile(auth: AuthSubgraph, file: string | undefined, logger: Logger): () => void {
  if (file === undefined) return () => undefined;
  const follow = async (): Promise<void> => {
    try {
      auth.useKeys(await readKeysFile(file));
      logger.info({ kids: auth.publicKeys.map(({ kid }) => kid) }, 'the keys have been read');
    } catch (error) {
      const problem = inVariableNames(error as ConfigError).message;
      logger.error({ problem }, 'the keys cannot be read; the present ones stay');
    }
  };
  const unwatch = watchKeys(file, () => void follow());
  // They may have changed since they were read for the start.
  void follow();
  return unwatch;
}
