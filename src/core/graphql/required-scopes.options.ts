import * as z from 'zod';
import { isScopeToken } from '@auth-subgraph/verifier/internal';

const scope = z
  .string('must be a string; write a scope such as "account:write"')
  .refine((text) => isScopeToken(text), 'is not a scope; write visible ASCII without a space, such as "account:write"');

/** The scopes that root fields require in addition to a signed-in user, by field coordinate. */
export const requiredScopes = z.record(
  z.string(),
  z
    .array(scope, 'must be a list of scopes; write for example ["account:write"]')
    .min(1, 'contains no scopes; write at least one, or remove the field')
    .readonly(),
  'must hold lists of scopes by field; write for example { "Mutation.changeEmail": ["account:write"] }',
);

const FORM =
  'must be fields with their scopes, each once; write for example Mutation.changeEmail=account:write profile;Query.me=profile';

/** The same as one string, for an environment variable. */
export const requiredScopesText = z
  .string()
  .transform((text, context) => {
    const fields: Record<string, readonly string[]> = {};
    for (const part of text.split(';').filter((entry) => entry.trim() !== '')) {
      const [, field = '', words = ''] = /^\s*([\w.]+)\s*=(.*)$/.exec(part) ?? [];
      if (field === '' || Object.hasOwn(fields, field)) context.addIssue({ code: 'custom', message: FORM });
      fields[field] = words.split(' ').filter((word) => word !== '');
    }
    return fields;
  })
  .pipe(requiredScopes);
