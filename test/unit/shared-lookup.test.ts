import { once } from 'node:events';
import type { LookupAddress } from 'node:dns';
import { connect, createServer, type AddressInfo } from 'node:net';
import { beforeEach, expect, test } from '@jest/globals';
import { shareLookups } from '../../src/platform/shared-lookup.js';

const HERE: LookupAddress = { address: '127.0.0.1', family: 4 };

interface Asked {
  readonly name: string;
  readonly answer: (addresses: LookupAddress[]) => void;
  readonly fail: (error: Error) => void;
}

let asked: Asked[];
let lookup: ReturnType<typeof shareLookups>;
beforeEach(() => {
  asked = [];
  lookup = shareLookups((name) => {
    const { promise, resolve, reject } = Promise.withResolvers<LookupAddress[]>();
    asked.push({ name, answer: resolve, fail: reject });
    return promise;
  });
});

const find = (name: string): Promise<unknown> =>
  new Promise((resolve) => lookup(name, { all: true }, (error, addresses) => resolve(error ?? addresses)));
const names = (): string[] => asked.map(({ name }) => name);
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('concurrent lookups of a name are one, and a later one is another', async () => {
  const found = [find('a'), find('a'), find('a')];
  await turn();
  expect(names()).toEqual(['a']);
  asked[0]?.answer([HERE]);
  expect(await Promise.all(found)).toEqual([[HERE], [HERE], [HERE]]);
  void find('a');
  await turn();
  expect(names()).toEqual(['a', 'a']);
});

test('while a lookup hangs, there is no other', async () => {
  void find('hangs');
  const found = find('b');
  await turn();
  expect(names()).toEqual(['hangs']);
  asked[0]?.fail(new Error('timed out'));
  await turn();
  expect(names()).toEqual(['hangs', 'b']);
  asked[1]?.answer([HERE]);
  expect(await found).toEqual([HERE]);
});

test('an error is one for all who asked', async () => {
  const found = [find('a'), find('a')];
  await turn();
  const error = new Error('unknown');
  asked[0]?.fail(error);
  expect(await Promise.all(found)).toEqual([error, error]);
});

test.each([true, false])('sockets can use it, whether they try all addresses (%s)', async (autoSelectFamily) => {
  const server = createServer((socket) => socket.end()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const socket = connect({ port, host: 'a.example', autoSelectFamily, lookup });
  await turn();
  asked[0]?.answer([HERE]);
  await once(socket, 'connect');
  server.close();
});
