import { expect, test } from '@jest/globals';
import { gatewayConfigs } from '../../src/cli/gateway-config/gateway-config.js';
import { runCommand } from '../support/service-process.js';

const ROUTER_SECRET = 'a secret of the router that is long enough';
const KEYS = { JWT_SECRET: '', JWT_KEYS_FILE: 'keys.json', JWT_ISSUER: 'https://auth.example.com' };

test.each(['hive', 'apollo-router'])(
  '%s is configured from the settings, and no secret is printed',
  async (gateway) => {
    const settings = { HOST: '0.0.0.0', PORT: '4011', ROUTER_SECRET, LOCKOUT_DEVICE_COOKIES: 'true', ...KEYS };
    const { code, output } = await runCommand(['gateway-config', gateway], settings);
    expect(code).toBe(0);
    expect(output).toBe(
      gatewayConfigs.get(gateway)?.({
        url: 'http://localhost:4011/graphql',
        tokens: {
          jwksUrl: 'http://localhost:4011/.well-known/jwks.json',
          issuer: 'https://auth.example.com',
          audience: 'supergraph',
        },
        routerSecret: true,
        cookies: true,
      }),
    );
    expect(output).toContain('ROUTER_SECRET');
    expect(output).not.toContain(ROUTER_SECRET);
  },
);

test('the gateway may reach the service at another address', async () => {
  const url = 'https://auth.internal/graphql';
  const { output } = await runCommand(['gateway-config', 'apollo-router', '--url', url], KEYS);
  expect(output).toContain(`auth: "${url}"`);
  expect(output).toContain('url: "https://auth.internal/.well-known/jwks.json"');
});

test('an address that leads nowhere is refused', async () => {
  const wrong = await runCommand(['gateway-config', 'hive', '--url', 'auth.internal']);
  expect(wrong).toMatchObject({ code: 2, output: expect.stringContaining('--url must be a URL') });
  const none = await runCommand(['gateway-config', 'hive'], { PORT: '0' });
  expect(none).toMatchObject({ code: 1, output: expect.stringContaining('PORT is 0') });
});

test('a gateway that nobody knows is answered with those that there are', async () => {
  const { code, output } = await runCommand(['gateway-config', 'wundergraph']);
  expect(code).toBe(2);
  for (const gateway of gatewayConfigs.keys()) expect(output).toContain(gateway);
});
