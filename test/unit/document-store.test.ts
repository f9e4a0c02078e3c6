import { expect, test } from '@jest/globals';
import { parse } from 'graphql';
import { DocumentStore } from '../../src/platform/graphql/document-store.js';

const LIMIT = 256 * 1024;

/** A document with this many characters. */
const documentOf = (characters: number): ReturnType<typeof parse> => parse('{ a }'.padEnd(characters));

async function kept(store: DocumentStore, keys: readonly string[]): Promise<string[]> {
  const found = await Promise.all(keys.map(async (key) => ((await store.get(key)) ? [key] : [])));
  return found.flat();
}

test('the store keeps the most recently used documents, up to a total length', async () => {
  const store = new DocumentStore();
  const keys = Array.from({ length: 12 }, (_value, n) => `key-${String(n)}`);
  for (const key of keys) {
    await store.set(key, documentOf(LIMIT / 8));
    await store.get('key-0');
  }
  expect(await kept(store, keys)).toEqual(['key-0', ...keys.slice(-7)]);
});

test('a document that is set again counts once', async () => {
  const store = new DocumentStore();
  for (let turn = 0; turn < 10; turn += 1) await store.set('same', documentOf(LIMIT / 2));
  await store.set('other', documentOf(LIMIT / 2));
  expect(await kept(store, ['same', 'other'])).toEqual(['same', 'other']);
});

test('deleting a document makes room', async () => {
  const store = new DocumentStore();
  await store.set('first', documentOf(LIMIT / 2));
  await store.set('second', documentOf(LIMIT / 2));
  await store.delete('first');
  await store.set('third', documentOf(LIMIT / 2));
  expect(await kept(store, ['first', 'second', 'third'])).toEqual(['second', 'third']);
});

test('a document that is too long is not stored, and evicts no other', async () => {
  const store = new DocumentStore();
  await store.set('short', documentOf(100));
  await store.set('long', documentOf(LIMIT + 1));
  await store.set('unknown', parse('{ a }', { noLocation: true }));
  expect(await kept(store, ['short', 'long', 'unknown'])).toEqual(['short']);
});
