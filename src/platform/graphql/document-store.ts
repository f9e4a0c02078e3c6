import type { DocumentNode } from 'graphql';

/**
 * The total length of the source texts in a store, in characters. A parsed document takes about 200 bytes per
 * character, so a store takes at most about 50 MB; the documents of a large application have some 100,000 characters.
 */
const MAX_CHARACTERS = 256 * 1024;

/**
 * Caches the most recently used documents, so that they are not parsed and validated again. Apollo Server's own store
 * counts the bytes of their JSON, a fraction of the memory they use.
 */
export class DocumentStore {
  private readonly documents = new Map<string, DocumentNode>();
  private characters = 0;

  get(key: string): Promise<DocumentNode | undefined> {
    const document = this.documents.get(key);
    if (document) {
      this.documents.delete(key);
      this.documents.set(key, document);
    }
    return Promise.resolve(document);
  }

  set(key: string, document: DocumentNode): Promise<void> {
    this.remove(key);
    if (sizeOf(document) <= MAX_CHARACTERS) {
      this.documents.set(key, document);
      this.characters += sizeOf(document);
    }
    for (const oldest of this.documents.keys()) {
      if (this.characters <= MAX_CHARACTERS) break;
      this.remove(oldest);
    }
    return Promise.resolve();
  }

  delete(key: string): Promise<void> {
    this.remove(key);
    return Promise.resolve();
  }

  private remove(key: string): void {
    const document = this.documents.get(key);
    if (document && this.documents.delete(key)) this.characters -= sizeOf(document);
  }
}

/** A document without its source text counts as too large. */
function sizeOf({ loc }: DocumentNode): number {
  return loc ? loc.source.body.length : Number.POSITIVE_INFINITY;
}
