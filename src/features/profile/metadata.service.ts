import type { MetadataDocument, MetadataField } from '../../core/users/metadata-document.js';
import { findForEach } from '../../core/users/find-for-each.js';
import type { MetadataRepository } from './metadata.repository.js';

/** Reads the documents about users. */
export class MetadataService {
  constructor(private readonly metadataRepository: MetadataRepository) {}

  /** Returns one document of each user, in the order of their ids; an empty one for a user without any. */
  async find(field: MetadataField, userIds: readonly string[]): Promise<MetadataDocument[]> {
    return findForEach(userIds, (ids) => this.metadataRepository.find(field, ids), {});
  }
}
