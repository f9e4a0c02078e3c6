import type { DocumentNode } from 'graphql';

interface Entry<Value> {
  readonly document: DocumentNode;
  readonly value: Value;
}

/** Keeps what belongs to the most recently used documents, up to a total length of their source texts. */
export class RecentlyUsedDocuments<Key, Value> {
  private readonly entries = new Map<Key, Entry<Value>>();
  private characters = 0;

  constructor(private readonly maxCharacters: number) {}

  get(key: Key): Value | undefined {
    const entry = this.entries.get(key);
    if (entry) {
      this.entries.delete(key);
      this.entries.set(key, entry);
    }
    return entry?.value;
  }

  set(key: Key, document: DocumentNode, value: Value): void {
    this.delete(key);
    const length = lengthOf(document);
    if (length > this.maxCharacters) return;
    this.entries.set(key, { document, value });
    this.characters += length;
    for (const oldest of this.entries.keys()) {
      if (this.characters <= this.maxCharacters) break;
      this.delete(oldest);
    }
  }

  delete(key: Key): void {
    const entry = this.entries.get(key);
    if (entry && this.entries.delete(key)) this.characters -= lengthOf(entry.document);
  }
}

/** The length of a document's source text. A document without its source text counts as too long. */
export function lengthOf({ loc }: DocumentNode): number {
  return loc ? loc.source.body.length : Number.POSITIVE_INFINITY;
}
