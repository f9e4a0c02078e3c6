import type { ChildProcess } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '../../test/support/free-port.js';

const BINARIES = '/usr/lib/postgresql/15/bin';

/** Patroni's defaults, but for a shorter time to live: the time until a dead primary is noticed. */
const TIMES = { ttl: 20, loop_wait: 5, retry_timeout: 5 };

export interface NodeSettings {
  readonly name: string;
  /** Owned by the user of the servers. */
  readonly folder: string;
  readonly etcdPort: number;
  readonly isSynchronous: boolean;
}

/** One PostgreSQL with the Patroni that controls it. */
export class PatroniNode {
  process: ChildProcess | undefined;

  private constructor(
    readonly name: string,
    readonly configuration: string,
    readonly port: number,
    readonly apiPort: number,
    private readonly data: string,
  ) {}

  static async create({ name, folder, etcdPort, isSynchronous }: NodeSettings): Promise<PatroniNode> {
    const [port, apiPort] = [await freePort(), await freePort()];
    const data = join(folder, name);
    const address = (of: number): object => {
      const text = `127.0.0.1:${String(of)}`;
      return { listen: text, connect_address: text };
    };
    const settings = {
      ...{ scope: 'auth', name, restapi: address(apiPort), etcd3: { hosts: `127.0.0.1:${String(etcdPort)}` } },
      bootstrap: {
        dcs: { ...TIMES, synchronous_mode: isSynchronous, postgresql: { use_pg_rewind: true } },
        initdb: [{ encoding: 'UTF8' }, { locale: 'C' }, 'data-checksums'],
      },
      postgresql: {
        ...{ ...address(port), data_dir: data, bin_dir: BINARIES, pgpass: join(folder, `${name}.pgpass`) },
        pg_hba: ['host all all 127.0.0.1/32 trust', 'host replication all 127.0.0.1/32 trust'],
        authentication: { superuser: { username: 'postgres' }, replication: { username: 'replicator' } },
        parameters: { unix_socket_directories: folder, max_connections: 100 },
      },
      watchdog: { mode: 'off' },
    };
    const configuration = join(folder, `${name}.yaml`);
    // JSON is YAML.
    await writeFile(configuration, JSON.stringify(settings));
    return new PatroniNode(name, configuration, port, apiPort, data);
  }

  get url(): string {
    return `postgresql://postgres@127.0.0.1:${String(this.port)}/postgres`;
  }

  /** Ends Patroni and PostgreSQL at once, like a machine that fails. */
  async kill(): Promise<void> {
    this.process?.kill('SIGKILL');
    process.kill(await this.postgresPid(), 'SIGQUIT');
  }

  async postgresPid(): Promise<number> {
    const [pid = ''] = (await readFile(join(this.data, 'postmaster.pid'), 'utf8')).split('\n');
    return Number(pid);
  }

  /** Sends a request to Patroni's interface; returns the status, or `undefined` if there is no response. */
  async ask(path: string, body?: object): Promise<number | undefined> {
    const method = body ? 'POST' : 'GET';
    const init = { method, body: JSON.stringify(body), signal: AbortSignal.timeout(60_000) };
    return fetch(`http://127.0.0.1:${String(this.apiPort)}${path}`, init).then(
      ({ status }) => status,
      () => undefined,
    );
  }
}
