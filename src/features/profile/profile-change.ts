import type { MetadataChange, MetadataField } from '../../core/users/metadata-document.js';

/** The fields that the user can change. */
export const PROFILE_FIELDS = ['firstName', 'lastName', 'displayName', 'avatarUrl', 'locale'] as const;
export type ProfileField = (typeof PROFILE_FIELDS)[number];

/** Changes to a profile: null clears a field, an absent one stays. */
export interface ProfileChange {
  readonly fields: Readonly<Partial<Record<ProfileField, string | null>>>;
  readonly metadata: Readonly<Partial<Record<MetadataField, MetadataChange>>>;
}
