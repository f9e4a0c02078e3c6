import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { childOptions, type ProcessUser } from '../../packages/embedded-postgres/src/run-program.js';
import { freePort } from '../../test/support/free-port.js';
import { folderOf, programUser } from '../../test/support/unprivileged.js';
import { until } from '../../test/support/until.js';
import { afterwards } from '../bench/clean-up.js';
import { query } from '../workload/deliveries.js';
import type { FailoverOptions } from './options.js';
import { PatroniNode } from './node.js';

const PROGRAMS = { etcd: '/usr/bin/etcd', patroni: '/usr/bin/patroni', haproxy: '/usr/sbin/haproxy' };
const PATIENCE_MS = 120_000;

/** Two PostgreSQL servers under Patroni, and a HAProxy that leads to the primary. */
export class PatroniCluster {
  private constructor(
    private readonly user: ProcessUser | undefined,
    private readonly nodes: readonly PatroniNode[],
    /** Leads to the primary. */
    readonly url: string,
  ) {}

  static async start({ isSynchronous }: FailoverOptions): Promise<PatroniCluster> {
    for (const program of Object.values(PROGRAMS))
      if (!existsSync(program)) throw new Error(`${program} is missing: apt-get install etcd-server patroni haproxy`);
    const user = await programUser();
    const folder = await folderOf(user, 'auth-patroni-');
    afterwards(() => rm(folder, { recursive: true, force: true }));
    const [etcdPort, peerPort, port] = [await freePort(), await freePort(), await freePort()];
    const etcd = `http://127.0.0.1:${String(etcdPort)}`;
    const peer = `http://127.0.0.1:${String(peerPort)}`;
    const clients = ['--listen-client-urls', etcd, '--advertise-client-urls', etcd];
    const peers = ['--listen-peer-urls', peer, '--initial-advertise-peer-urls', peer];
    const members = ['--initial-cluster', `default=${peer}`, '--data-dir', join(folder, 'etcd')];
    start(PROGRAMS.etcd, [...clients, ...peers, ...members], user);
    const create = (name: string): Promise<PatroniNode> =>
      PatroniNode.create({ name, folder, etcdPort, isSynchronous });
    const nodes = [await create('one'), await create('two')];
    const url = `postgresql://postgres@127.0.0.1:${String(port)}/postgres`;
    const cluster = new PatroniCluster(user, nodes, url);
    for (const node of nodes) cluster.launch(node);
    const proxy = join(folder, 'haproxy.cfg');
    await writeFile(proxy, await proxySettings(nodes, port));
    start(PROGRAMS.haproxy, ['-db', '-f', proxy], user);
    await cluster.untilWritable();
    await cluster.untilReplicating();
    return cluster;
  }

  /** Makes the standby the primary in an orderly way. */
  async switchOver(): Promise<void> {
    const { primary, standby } = await this.roles();
    const status = await primary.ask('/switchover', { leader: primary.name, candidate: standby.name });
    if (status !== 200) throw new Error(`the switchover answered ${String(status)}`);
  }

  async killPrimary(): Promise<void> {
    await (await this.roles()).primary.kill();
  }

  /** The standby receives nothing from now on, as if the network had stopped; the returned function ends the receiver. */
  async pauseReplication(): Promise<() => void> {
    const { standby } = await this.roles();
    const [receiver] = await query<{ pid: number }>(standby.url, 'select pid from pg_stat_wal_receiver');
    if (!receiver) throw new Error('the standby receives nothing');
    process.kill(receiver.pid, 'SIGSTOP');
    return () => {
      // Otherwise it would read what has arrived meanwhile.
      process.kill(receiver.pid, 'SIGTERM');
      process.kill(receiver.pid, 'SIGCONT');
    };
  }

  async untilWritable(): Promise<void> {
    const isWritable = async (): Promise<boolean> => {
      const [row] = await query<{ standby: boolean }>(this.url, 'select pg_is_in_recovery() as standby');
      return row?.standby === false;
    };
    await until(() => isWritable().catch(() => false), 'the primary', PATIENCE_MS);
  }

  /** Waits until the standby follows the primary, synchronously if that is configured. */
  async untilReplicating(): Promise<void> {
    const follows = async (): Promise<boolean> => (await this.roles()).standby.ask('/replica').then((s) => s === 200);
    await until(() => follows().catch(() => false), 'the standby', PATIENCE_MS);
    const text = `select from pg_stat_replication where state = 'streaming' and (sync_state <> 'async'
      or current_setting('synchronous_standby_names') = '')`;
    await until(
      () =>
        query(this.url, text)
          .then((rows) => rows.length > 0)
          .catch(() => false),
      'replication',
      PATIENCE_MS,
    );
  }

  private launch(node: PatroniNode): void {
    node.process = start(PROGRAMS.patroni, [node.configuration], this.user);
  }

  private async roles(): Promise<{ primary: PatroniNode; standby: PatroniNode }> {
    const statuses = await Promise.all(this.nodes.map((node) => node.ask('/primary')));
    const primary = this.nodes[statuses.indexOf(200)];
    const standby = this.nodes.find((node) => node !== primary);
    if (!primary || !standby) throw new Error('there is no primary');
    return { primary, standby };
  }
}

function start(program: string, words: readonly string[], user: ProcessUser | undefined): ChildProcess {
  const child = spawn(program, words, { ...childOptions(user), stdio: 'ignore' });
  const ended = once(child, 'exit');
  afterwards(async () => {
    child.kill('SIGTERM');
    if (child.exitCode === null && child.signalCode === null) await ended;
  });
  return child;
}

/** The configuration of `ops/haproxy.cfg` with these addresses. */
async function proxySettings(nodes: readonly PatroniNode[], port: number): Promise<string> {
  const text = await readFile(new URL('../../ops/haproxy.cfg', import.meta.url), 'utf8');
  const lines = text.split('\n').filter((line) => !line.startsWith('  server '));
  const servers = nodes.map(
    ({ name, port: own, apiPort }) => `  server ${name} 127.0.0.1:${String(own)} check port ${String(apiPort)}\n`,
  );
  return lines.join('\n').replace('127.0.0.1:5000', `127.0.0.1:${String(port)}`) + servers.join('');
}
