import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { grafbaseConfig } from '../../../src/cli/gateway-config/grafbase.js';
import { runGateway, type Gateway, type Supergraph } from './gateway-process.js';
import { AUTH_SDL, POSTS_SDL } from './subgraph-schemas.js';

const PACKAGE = '@grafbase/cli-x86_64-unknown-linux-musl/package.json';

/** The Grafbase program; undefined if npm has not installed it, as on all machines except Linux on x64. */
export function findGrafbase(): string | undefined {
  try {
    const manifest = createRequire(new URL('../../../examples/supergraph/package.json', import.meta.url)).resolve(
      PACKAGE,
    );
    return join(dirname(manifest), 'grafbase');
  } catch {
    return undefined;
  }
}

/**
 * Runs `grafbase dev` with the output of `auth-subgraph gateway-config grafbase`; it composes the supergraph itself.
 */
export async function startGrafbaseGateway({ auth, postsUrl, env }: Supergraph): Promise<Gateway> {
  const program = findGrafbase();
  if (program === undefined) throw new Error(`${PACKAGE} is not installed`);
  return runGateway({
    files: {
      'grafbase.toml': `${grafbaseConfig(auth)}
[subgraphs.posts]
url = ${JSON.stringify(postsUrl)}
schema_path = "posts.graphql"
`,
      'schema.graphql': AUTH_SDL,
      'posts.graphql': POSTS_SDL,
    },
    command: (port) => [program, 'dev', '--config', 'grafbase.toml', '--port', String(port)],
    env,
  });
}
