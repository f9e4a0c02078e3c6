import type { DocumentNode } from 'graphql';
import { RecentlyUsedDocuments } from './recently-used-documents.js';

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
  private readonly documents = new RecentlyUsedDocuments<string, DocumentNode>(MAX_CHARACTERS);

  get(key: string): Promise<DocumentNode | undefined> {
    return Promise.resolve(this.documents.get(key));
  }

  set(key: string, document: DocumentNode): Promise<void> {
    this.documents.set(key, document, document);
    return Promise.resolve();
  }

  delete(key: string): Promise<void> {
    this.documents.delete(key);
    return Promise.resolve();
  }
}
