import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { createTestAuth } from '@auth-subgraph/verifier/testing';
import { createTokenVerifier, createViewerContext, requireScopes } from '@auth-subgraph/verifier';

const auth = createTestAuth();
const viewerContext = createViewerContext(createTokenVerifier(auth.verifierOptions));

test('an author writes posts until the token expires', async () => {
  const grant = { userId: randomUUID(), scopes: ['posts:write'] };
  const contextOf = (token: string) => viewerContext({ headers: { authorization: `Bearer ${token}` } });

  const viewer = requireScopes(await contextOf(auth.signTestToken(grant)), 'posts:write');
  assert.equal(viewer.userId, grant.userId);

  const late = await contextOf(auth.signTestToken({ ...grant, expiresInSeconds: -1 }));
  const extensions = { code: 'UNAUTHENTICATED', reason: 'TOKEN_EXPIRED' };
  assert.throws(() => requireScopes(late, 'posts:write'), { extensions });
});
