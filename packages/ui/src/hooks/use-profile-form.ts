import type { AuthUser, UpdateProfileResult } from '@auth-subgraph/client';
import { useMe, useUpdateProfile } from '@auth-subgraph/client/react';
import { familyName, givenName, nickname, photo } from '../form/field-options.js';
import type { AuthForm, FieldOptions, SuccessOf } from '../form/form.types.js';
import { useForm } from '../form/use-form.js';

export type ProfileSuccess = SuccessOf<UpdateProfileResult>;
export type ProfileField = 'displayName' | 'firstName' | 'lastName' | 'avatarUrl';

export interface ProfileFormOptions {
  readonly onDone?: ((result: ProfileSuccess) => void) | undefined;
}

const FIELDS = { displayName: nickname, firstName: givenName, lastName: familyName, avatarUrl: photo };
const NAMES = Object.keys(FIELDS) as ProfileField[];

/**
 * Changes the profile of the signed-in user. The fields begin with what `useMe` shows. Sends only what is different, and an
 * empty field clears its value; a field that the markup leaves out keeps it.
 */
export function useProfileForm({ onDone }: ProfileFormOptions = {}): AuthForm<ProfileField, ProfileSuccess> {
  const { data: user } = useMe();
  const update = useUpdateProfile();
  return useForm({
    fields: fieldsOf(user),
    run: (values, present) => {
      const changed = NAMES.filter((name) => present.has(name) && values[name] !== (user?.[name] ?? ''));
      return update.mutateAsync(Object.fromEntries(changed.map((name) => [name, values[name] || null])));
    },
    onDone,
    resets: true,
  });
}

function fieldsOf(user: AuthUser | undefined): Readonly<Record<ProfileField, FieldOptions>> {
  const entries = NAMES.map((name) => [name, { ...FIELDS[name], defaultValue: user?.[name] ?? '' }]);
  return Object.fromEntries(entries) as Record<ProfileField, FieldOptions>;
}
