import { readFileSync } from 'node:fs';
import { mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { Deployment } from 'kubernetes-models/apps/v1/Deployment';
import { HorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler';
import { Job } from 'kubernetes-models/batch/v1/Job';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import { Service } from 'kubernetes-models/v1/Service';
import { ServiceAccount } from 'kubernetes-models/v1/ServiceAccount';
import { parse } from 'yaml';
import { compileIn } from '../support/compile.js';
import { DOCKERFILE, stagesOf } from '../support/dockerfile.js';
import { readProse, ROOT } from '../support/pages.js';

const FOLDER = join(ROOT, 'ops/kubernetes');
const read = (file: string): unknown => parse(readFileSync(join(FOLDER, file), 'utf8'));

const deployment = new Deployment(read('deployment.yaml') as Deployment);
const migration = new Job(read('migration.yaml') as Job);
const service = new Service(read('service.yaml') as Service);
const budget = new PodDisruptionBudget(read('disruption-budget.yaml') as PodDisruptionBudget);
const autoscaler = new HorizontalPodAutoscaler(read('autoscaler.yaml') as HorizontalPodAutoscaler);
const policy = new NetworkPolicy(read('network-policy.yaml') as NetworkPolicy);
const account = new ServiceAccount(read('service-account.yaml') as ServiceAccount);
const manifests = [deployment, migration, service, budget, autoscaler, policy, account];

const pods = [deployment.spec?.template.spec, migration.spec?.template.spec];
const [container, migrator] = pods.map((pod) => pod?.containers[0]);
const image = stagesOf(DOCKERFILE).at(-1);
const OPERATIONS = readProse('docs/guides/operations.md');

const valueOf = (name: string): string | undefined => container?.env?.find((each) => each.name === name)?.value;

test('every manifest is listed once, and follows the schema of Kubernetes without unknown fields', async () => {
  const { resources } = read('kustomization.yaml') as { readonly resources: readonly string[] };
  const files = (await readdir(FOLDER)).filter((file) => file !== 'kustomization.yaml');
  expect([...resources].sort()).toEqual(files.sort());
  expect(files).toHaveLength(manifests.length);
  for (const manifest of manifests) manifest.validate();
  const folder = await mkdtemp(join(tmpdir(), 'auth-subgraph-kubernetes-'));
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  const program = manifests.map((manifest, n) => {
    const { apiVersion, kind } = manifest;
    const text = JSON.stringify(manifest);
    return `import type { I${kind} as M${n} } from 'kubernetes-models/${apiVersion}/${kind}';
export const m${n}: M${n} = ${text};`;
  });
  // The schema allows unknown fields, but a misspelt field would be ignored.
  expect(await compileIn(folder, program.join('\n'))).toEqual([]);
  const misspelt = program[0]?.replace('readinessProbe', 'readinesProbe') ?? '';
  expect((await compileIn(folder, misspelt)).join()).toContain('readinesProbe');
  await rm(folder, { recursive: true });
});

test('the pods run as the user of the image, with read-only files and without rights', () => {
  const [user, group] = image?.user?.split(':').map(Number) ?? [];
  for (const pod of pods) {
    expect(pod).toMatchObject({
      automountServiceAccountToken: false,
      serviceAccountName: account.metadata?.name,
      securityContext: { runAsNonRoot: true, runAsUser: user, runAsGroup: group, fsGroup: group },
    });
    expect(pod?.containers[0]?.securityContext).toEqual({
      ...{ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true },
      capabilities: { drop: ['ALL'] },
    });
    // The mode of the key file: readable by its owner and group only.
    expect(pod?.volumes?.map(({ secret }) => secret?.defaultMode)).toEqual([0o440]);
  }
});

test('the port is that of the image, and the probes are those of the operations guide', () => {
  const ports = container?.ports?.map(({ name, containerPort }) => [name, containerPort]);
  expect(ports).toEqual([
    ['http', Number(image?.env['PORT'])],
    ['metrics', Number(valueOf('METRICS_PORT'))],
  ]);
  expect(service.spec?.ports?.map(({ targetPort }) => targetPort)).toEqual(['http']);
  const probes = [container?.readinessProbe, container?.livenessProbe, container?.startupProbe];
  expect(probes.map((probe) => probe?.httpGet)).toEqual(
    ['/health/ready', '/health/live', '/health/live'].map((path) => ({ path, port: 'http' })),
  );
  for (const probe of probes) expect(OPERATIONS).toContain(`\`${probe?.httpGet?.path ?? ''}\``);
});

test('a pod has as long to end as it needs', () => {
  const [, endSeconds] = /exits with 0 within (\d+) seconds/.exec(OPERATIONS) ?? [];
  expect(deployment.spec?.template.spec?.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(
    Number(valueOf('DRAIN_SECONDS')) + Number(endSeconds),
  );
});

test('the connections of all pods fit into PostgreSQL, even during an upgrade', () => {
  const guide = readProse('docs/guides/scaling.md');
  const numbersIn = (sentence: RegExp): number[] => (sentence.exec(guide) ?? []).slice(1).map(Number);
  const [accepted = 0, reserved = 0] = numbersIn(/accepts (\d+) by default and keeps (\d+) for superusers/);
  const [perProcess = 0] = numbersIn(/`max_connections` to `(\d+) × \(processes \+ new \+ draining\)/);
  const { minReadySeconds = 0, strategy, template } = deployment.spec ?? {};
  const { maxSurge, maxUnavailable } = strategy?.rollingUpdate ?? {};
  expect(maxUnavailable).toBe(0);
  // No more than `maxSurge` pods drain at a time: the next one is replaced when they have ended.
  expect(minReadySeconds).toBeGreaterThanOrEqual(Number(template?.spec?.terminationGracePeriodSeconds));
  const most = autoscaler.spec.maxReplicas + 2 * Number(maxSurge);
  expect(perProcess).toBeGreaterThan(0);
  expect(most * perProcess).toBeLessThanOrEqual(accepted - reserved);
});

test('a pod may reach HAProxy, and Redis', () => {
  const ports = policy.spec?.egress?.flatMap((rule) => rule.ports?.map(({ port }) => port) ?? []);
  const proxy = /^ {2}bind \S+:(\d+)$/m.exec(readFileSync(join(ROOT, 'ops/haproxy.cfg'), 'utf8'))?.[1];
  expect(ports).toEqual(expect.arrayContaining([Number(proxy), 6379]));
});

test('every peer that may connect is in a namespace that the guide names', () => {
  const guide = readProse('docs/guides/scaling.md');
  const peers = policy.spec?.ingress?.flatMap(({ from }) => from ?? []) ?? [];
  expect(peers).toHaveLength(3);
  for (const { namespaceSelector } of peers) {
    const namespace = namespaceSelector?.matchLabels?.['kubernetes.io/metadata.name'];
    expect(namespace).toBeDefined();
    expect(guide).toMatch(new RegExp(`the namespace \`${String(namespace)}\``));
  }
});

test('the guide grants the rights that the service needs', () => {
  const guide = readProse('docs/guides/scaling.md');
  expect(guide).toMatch(
    / 5\. After the first migration, (?:(?! 6\. ).)*databases\.md#a-role-that-may-not-change-tables/,
  );
});

test('the service knows every variable, and every secret comes from a Secret', () => {
  const known = readFileSync(join(ROOT, '.env.example'), 'utf8');
  for (const { name, value, valueFrom } of [...(container?.env ?? []), ...(migrator?.env ?? [])]) {
    expect(known).toContain(`${name}=`);
    if (/^(?!MAIL_).*(SECRET|PASSWORD|_URL)/.test(name))
      expect([value, valueFrom?.secretKeyRef?.name]).toEqual([undefined, expect.stringMatching(/^auth-subgraph/)]);
  }
  expect(migrator?.args).toEqual(['migrate']);
  expect(valueOf('MIGRATE_ON_START')).toBe('false');
});

test('emails come from an address of the reader, and link to their pages', () => {
  const settings = readFileSync(join(ROOT, '.env.example'), 'utf8').match(/^# MAIL_(FROM|\w+_URL)(?==)/gm) ?? [];
  expect(settings.length).toBeGreaterThan(5);
  for (const name of settings.map((line) => line.replace('# ', '')))
    expect([name, valueOf(name)]).toEqual([name, expect.stringMatching(/^https:.*[/.]example\.com|@example\.com>$/)]);
  expect(readProse('docs/guides/scaling.md')).toMatch(
    / 3\. Set (?:(?! 4\. ).)*`MAIL_FROM`, `MAIL_PRODUCT_NAME`, the `MAIL_…_URL`,/,
  );
});

test('a process may use the memory that the performance page allows for', () => {
  const [, megabytes] = /allow (\d+) MB for each process/.exec(readProse('docs/performance.md')) ?? [];
  expect(container?.resources?.limits).toEqual({ memory: `${megabytes ?? ''}Mi` });
});

test('the service, the budget, the autoscaler and the network policy are about these pods', () => {
  const labels = deployment.spec?.template.metadata?.labels;
  expect(deployment.spec?.selector.matchLabels).toEqual(labels);
  expect(service.spec?.selector).toEqual(labels);
  expect(budget.spec?.selector?.matchLabels).toEqual(labels);
  expect(autoscaler.spec.scaleTargetRef).toMatchObject({ kind: 'Deployment', name: deployment.metadata?.name });
  const migrating = migration.spec?.template.metadata?.labels;
  for (const each of [labels, migrating])
    expect(each).toMatchObject(policy.spec?.podSelector?.matchLabels ?? { none: '' });
  // Otherwise the service would send requests to the migration.
  expect(migrating).not.toEqual(labels);
});
