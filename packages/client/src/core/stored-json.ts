import type { ClientContext } from './context.js';

/** Reads what was stored as JSON; undefined if there is nothing, or something else. */
export async function readJson<Value>({ storage, name }: ClientContext, key: string): Promise<Value | undefined> {
  const text = await storage.get(`${name}.${key}`);
  try {
    return (JSON.parse(text ?? 'null') as Value | null) ?? undefined;
  } catch {
    return undefined;
  }
}

export async function writeJson({ storage, name }: ClientContext, key: string, value: unknown): Promise<void> {
  await storage.set(`${name}.${key}`, JSON.stringify(value));
}

export async function removeJson({ storage, name }: ClientContext, key: string): Promise<void> {
  await storage.remove(`${name}.${key}`);
}
