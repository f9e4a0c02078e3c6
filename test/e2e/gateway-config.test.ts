import { composeServices } from '@apollo/composition';
import { ApolloGateway } from '@apollo/gateway';
import { describe, expect, test } from '@jest/globals';
import { gatewayConfigs } from '../../src/cli/gateway-config/gateway-config.js';
import { subgraphSchemas } from '../support/gateways/subgraph-schemas.js';
import { runCommand, startService } from '../support/service-process.js';

const ROUTER_SECRET = 'a secret of the router that is long enough';
const KEYS = { JWT_SECRET: '', JWT_KEYS_FILE: 'keys.json', JWT_ISSUER: 'https://auth.example.com' };

test.each(['hive', 'apollo-router'] as const)(
  '%s is configured from the settings, and no secret is printed',
  async (gateway) => {
    const settings = { HOST: '0.0.0.0', PORT: '4011', ROUTER_SECRET, LOCKOUT_DEVICE_COOKIES: 'true', ...KEYS };
    const { code, output, stdout } = await runCommand(['gateway-config', gateway], settings);
    expect(code).toBe(0);
    expect(stdout).toBe(
      gatewayConfigs[gateway]({
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
    expect(stdout).toContain('ROUTER_SECRET');
    expect(output).not.toContain(ROUTER_SECRET);
  },
);

test('the URL of the service can be set', async () => {
  const url = 'https://auth.internal/graphql';
  const { stdout } = await runCommand(['gateway-config', 'apollo-router', '--url', url], KEYS);
  expect(stdout).toContain(`auth: "${url}"`);
  expect(stdout).toContain('url: "https://auth.internal/.well-known/jwks.json"');
});

test('an invalid URL is rejected', async () => {
  const wrong = await runCommand(['gateway-config', 'hive', '--url', 'auth.internal']);
  expect(wrong).toMatchObject({ code: 2, output: expect.stringContaining('It must be a URL such as') });
  const none = await runCommand(['gateway-config', 'hive'], { PORT: '0' });
  expect(none).toMatchObject({ code: 5, output: expect.stringContaining('PORT is 0') });
});

test('an unknown gateway is rejected, with the list of supported ones', async () => {
  const { code, output } = await runCommand(['gateway-config', 'wundergraph']);
  expect(code).toBe(2);
  for (const gateway of Object.keys(gatewayConfigs)) expect(output).toContain(gateway);
});

describe('on standard error, the command reports', () => {
  const url = ['--url', 'http://auth.internal:4001/graphql'];

  test('how the address was derived, unless it was given', async () => {
    const { stderr } = await runCommand(['gateway-config', 'cosmo'], { PORT: '4011', ROUTER_SECRET });
    expect(stderr).toBe(
      'Note: the address http://127.0.0.1:4011/graphql is derived from HOST and PORT; use --url to set a different one.\n',
    );
    expect((await runCommand(['gateway-config', 'cosmo', ...url], { ROUTER_SECRET })).stderr).toBe('');
  });

  test('which parts are left out, and which variable adds each', async () => {
    const variables = {
      ROUTER_SECRET,
      JWT_KEYS_FILE: 'keys.json',
      LOCKOUT_DEVICE_COOKIES: 'true',
    };
    const omitted = async (settings: Record<string, string>): Promise<string[]> => {
      const { stderr } = await runCommand(['gateway-config', 'apollo-router', ...url], { JWT_SECRET: '', ...settings });
      return stderr.split('\n').filter((line) => line !== '');
    };
    const all = await omitted({});
    expect(all).toHaveLength(3);
    for (const line of all) expect(line).toMatch(/^Left out: /);
    for (const [name, value] of Object.entries(variables)) {
      const missing = all.filter((line) => line.includes(name));
      expect(missing).toHaveLength(1);
      expect(await omitted({ [name]: value })).toEqual(all.filter((line) => !missing.includes(line)));
    }
    expect(await omitted(variables)).toEqual([]);
  });

  test('nothing about parts that the gateway does not support', async () => {
    const { stderr } = await runCommand(['gateway-config', 'grafbase', ...url], { ROUTER_SECRET });
    expect(stderr).toBe('');
  });

  test.each([
    ['grafbase', { REFRESH_COOKIE_ENABLED: 'true', REFRESH_COOKIE_ALLOWED_ORIGINS: 'https://app.example.com' }],
    ['grafbase', { LOCKOUT_DEVICE_COOKIES: 'true' }],
    ['apollo-gateway', { AUTH_DIRECTIVES: 'true' }],
  ])('which settings do not work behind %s: %j', async (gateway, settings) => {
    const { code, stderr } = await runCommand(['gateway-config', gateway, ...url], { ROUTER_SECRET, ...settings });
    expect(code).toBe(0);
    expect(stderr).toMatch(new RegExp(`^Warning: ${Object.keys(settings)[0] ?? ''} is true\\.`));
    const other = await runCommand(['gateway-config', 'hive', ...url], { ROUTER_SECRET, ...settings });
    expect(other.stderr).not.toContain('Warning');
  });
});

test('Apollo Gateway rejects a supergraph with the directives that the warning is about', async () => {
  const service = await startService({ AUTH_DIRECTIVES: 'true' });
  const answer = await service.request<{ _service: { sdl: string } }>('{ _service { sdl } }');
  expect(await service.stop()).toBe(0);
  const { supergraphSdl = '' } = composeServices(subgraphSchemas(undefined, answer.data._service.sdl));
  await expect(new ApolloGateway({ supergraphSdl }).load()).rejects.toThrow(/for: SECURITY but is unsupported/);
});
