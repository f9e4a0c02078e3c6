import type { RenderOptions } from 'altair-static';
import { firstOperations, type TrialConfig } from '../first-operations.js';

/** Runs in the explorer after each response, and keeps the access token of a sign-in for the other tabs. */
const KEEP_TOKEN = `
const { body } = altair.response;
const text = typeof body === 'string' ? body : JSON.stringify(body);
const [, token] = /"accessToken":\\s*"([^"]+)"/.exec(text) ?? [];
if (token) await altair.helpers.setEnvironment('token', token, true);
`;

const SUB_ENVIRONMENT = { id: '0', title: 'auth-subgraph', variables: { token: '' } };

/** The options of Altair: a tab for each of the first operations. */
export function explorerOptions(config: TrialConfig, endpointURL: string): RenderOptions {
  return {
    initialWindows: firstOperations(config).map(({ title, operation, needsAccessToken }) => ({
      initialName: title,
      endpointURL,
      initialQuery: operation,
      ...(needsAccessToken
        ? { initialHeaders: { Authorization: 'Bearer {{token}}' } }
        : { initialPostRequestScript: KEEP_TOKEN }),
    })),
    initialEnvironments: { activeSubEnvironment: SUB_ENVIRONMENT.id, subEnvironments: [SUB_ENVIRONMENT] },
    initialSettings: { 'banners.disable': true, disablePushNotification: true },
    disableAccount: true,
  };
}
