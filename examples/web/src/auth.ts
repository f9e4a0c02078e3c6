import { createAuthClient } from '@auth-subgraph/client';

/** The path of the gateway: the server of this page passes it on. */
export const auth = createAuthClient({ url: '/graphql', mode: 'cookie' });
