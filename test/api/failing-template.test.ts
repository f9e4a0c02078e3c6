import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { recordingLogger } from '../support/recording-logger.js';
import { createTestApp } from '../support/test-app.js';
import { until } from '../support/until.js';

test('a template that fails later is named in the log, without the values of the email', async () => {
  const templatesFolder = mkdtempSync(join(tmpdir(), 'templates-'));
  const template = join(templatesFolder, 'verify-email.text.eta');
  writeFileSync(template, '<% if (it.link.includes("localhost")) throw new Error(it.link) %>');
  const { logger, lines, text } = recordingLogger();
  const app = await createTestApp({ mail: { templatesFolder }, background: true, logger });
  rmSync(templatesFolder, { recursive: true });
  await app.register();
  const isFailure = ({ msg }: Record<string, unknown>): boolean => msg === 'a listener failed';
  const failure = await until(() => lines().find(isFailure), 'the failure');
  expect(failure).toMatchObject({ error: 'EmailSetupError', template });
  expect(text()).not.toContain('token=');
});
