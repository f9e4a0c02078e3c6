import type { MetadataField } from './metadata-document.js';

/** The columns of `auth_user_metadata`. */
export const METADATA_COLUMNS: Readonly<Record<MetadataField, string>> = {
  publicMetadata: 'public',
  privateMetadata: 'private',
  preferences: 'preferences',
};

/** Returns the document whose limit a statement has exceeded, if that is why it failed. */
export function metadataOverLimit(error: unknown): MetadataField | undefined {
  const constraint = error instanceof Error && 'constraint' in error ? error.constraint : undefined;
  const fields = Object.keys(METADATA_COLUMNS) as MetadataField[];
  return fields.find((field) => constraint === `auth_user_metadata_${METADATA_COLUMNS[field]}_limit`);
}
