import { setTimeout as wait } from 'node:timers/promises';
import { HttpConnection } from '../bench/load/http-connection.js';
import type { Grown, PostgresServer } from './databases.js';
import type { Operation } from './operations.js';
import { isOfRequest, shorten } from './statements.js';

/** A connection plans a prepared statement anew for its first five executions, and may keep one plan from then on. */
const EXECUTIONS = 40;
/** How long background work that a request causes may take. */
const SETTLE_MS = 500;

const SETTINGS = {
  'auto_explain.log_min_duration': '0',
  'auto_explain.log_analyze': 'on',
  'auto_explain.log_buffers': 'on',
  'auto_explain.log_format': 'json',
  'auto_explain.log_parameter_max_length': '0',
  session_preload_libraries: 'auto_explain',
};

interface Node {
  readonly 'Node Type': string;
  readonly Operation?: string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Join Type'?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Shared Hit Blocks': number;
  readonly 'Shared Read Blocks': number;
  readonly Plans?: readonly Node[];
}

/** How the server ran one statement. */
export interface Plan {
  readonly text: string;
  /** Whether the plan is reused for any parameters. */
  readonly generic: boolean;
  readonly ms: number;
  readonly blocks: number;
  readonly indexes: readonly string[];
  /** The tables that were read from beginning to end. */
  readonly scanned: readonly string[];
  readonly tree: readonly string[];
}

/** Makes the server log the plan of every statement of new connections to a database; returns how to stop that. */
export async function explainStatements({ client }: Grown): Promise<() => Promise<void>> {
  const { rows } = await client.query<{ name: string }>('select quote_ident(current_database()) as name');
  const name = rows[0]?.name ?? '';
  for (const [setting, value] of Object.entries(SETTINGS))
    await client.query(`alter database ${name} set ${setting} = '${value}'`);
  return async () => {
    for (const setting of Object.keys(SETTINGS)) await client.query(`alter database ${name} reset ${setting}`);
  };
}

/** Sends requests one after the other, and returns the last plan of each statement on our tables. */
export async function plansOf({ log }: PostgresServer, { name, exchange }: Operation, url: string): Promise<Plan[]> {
  console.error(`reading the plans of ${name} …`);
  const connection = await HttpConnection.open(url);
  await log.take();
  for (let turn = 0; turn < EXECUTIONS; turn += 1)
    if (!exchange.accepts(await connection.send(exchange.request(0)), 0)) throw new Error(`${name} failed`);
  connection.close();
  await wait(SETTLE_MS);
  const plans = new Map(parsePlans(await log.take()).map((plan) => [plan.text, plan]));
  return [...plans].flatMap(([text, plan]) => (isOfRequest(text) ? [{ ...plan, text: shorten(text) }] : []));
}

function parsePlans(text: string): Plan[] {
  // The lines of a plan are indented with a tab. Plans of other connections may cut into one; that one is left out.
  const logged = text.matchAll(/duration: ([\d.]+) ms {2}plan:\n((?:\t.*(?:\n|$))+)/g);
  return [...logged].flatMap(([, ms, json]) => {
    try {
      return [toPlan(Number(ms), JSON.parse(json ?? '') as { 'Query Text': string; Plan: Node })];
    } catch {
      return [];
    }
  });
}

function toPlan(ms: number, { 'Query Text': text, Plan: root }: { 'Query Text': string; Plan: Node }): Plan {
  const nodes = flatten(root);
  const names = (all: (string | undefined)[]): string[] =>
    [...new Set(all.filter((name) => name !== undefined))].sort();
  return {
    text,
    generic: /\$\d/.test(JSON.stringify(root)),
    ms,
    blocks: root['Shared Hit Blocks'] + root['Shared Read Blocks'],
    indexes: names(nodes.map((node) => node['Index Name'])),
    scanned: names(nodes.map((node) => (node['Node Type'] === 'Seq Scan' ? node['Relation Name'] : undefined))),
    tree: treeOf(root),
  };
}

function flatten(node: Node): Node[] {
  return [node, ...(node.Plans ?? []).flatMap(flatten)];
}

function treeOf(node: Node, depth = 0): string[] {
  const { 'Index Name': index, 'Relation Name': relation, 'Join Type': join } = node;
  const words = [
    node.Operation ?? node['Node Type'],
    ...(join === undefined ? [] : [join.toLowerCase()]),
    ...(index === undefined ? [] : [`using ${index}`]),
    ...(relation === undefined ? [] : [`on ${relation}`]),
    `(${String(node['Actual Rows'])} rows × ${String(node['Actual Loops'])})`,
  ];
  return [
    `${'  '.repeat(depth)}${words.join(' ')}`,
    ...(node.Plans ?? []).flatMap((child) => treeOf(child, depth + 1)),
  ];
}
