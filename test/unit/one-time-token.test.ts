import { expect, test } from '@jest/globals';
import { OneTimeTokens } from '../../src/core/one-time-tokens/one-time-token.js';

const ID = '01890a5d-ac96-774b-bcce-b302099a8057';
const OTHER_ID = '01890a5d-ac96-774b-bcce-b302099a8058';

function tokensWith(secret: string): OneTimeTokens {
  return new OneTimeTokens([{ id: '', secret }]);
}

test('a token depends on the secret, on the id of its row and on its purpose', () => {
  const tokens = tokensWith('a secret');
  const token = tokens.tokenOf('RESET_PASSWORD', ID);
  expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/);
  const others = [
    tokensWith('another secret').tokenOf('RESET_PASSWORD', ID),
    tokens.tokenOf('RESET_PASSWORD', OTHER_ID),
    tokens.tokenOf('CHANGE_EMAIL', ID),
  ];
  expect(new Set([token, ...others]).size).toBe(4);
  expect(tokensWith('a secret').tokenOf('RESET_PASSWORD', ID)).toBe(token);
});
