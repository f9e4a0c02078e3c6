import { AuthRequestError } from '@auth-subgraph/client';
import { useMemo } from 'react';
import type { FormErrorCode } from '../messages/messages.types.js';
import type { AuthFormError, AuthFormErrors, FailedResult, FieldOptions } from './form.types.js';

/** Which field an error belongs to, by its code. */
export type ErrorPlaces<Field extends string> = Readonly<Partial<Record<FormErrorCode, Field>>>;

export function isFailed(result: object): result is FailedResult {
  return 'code' in result;
}

/** The required fields that are empty. */
export function missingIn<Field extends string>(
  fields: Readonly<Record<Field, FieldOptions>>,
  values: Readonly<Record<Field, string>>,
): AuthFormErrors<Field> {
  const names = Object.keys(fields) as Field[];
  const missing = names.filter((name) => fields[name].required === true && values[name] === '');
  return Object.fromEntries(missing.map((name) => [name, { code: 'REQUIRED' }])) as AuthFormErrors<Field>;
}

/** The error of a result, at the field that it is about. */
export function errorsIn<Field extends string>(
  result: FailedResult,
  fields: Readonly<Record<Field, FieldOptions>>,
  places: ErrorPlaces<Field>,
): AuthFormErrors<Field> {
  const { code, retryAfterSeconds, violations } = result;
  const named = result.field !== undefined && result.field in fields ? (result.field as Field) : undefined;
  const place = named ?? places[code] ?? 'form';
  const isPassword = place !== 'form' && code === 'AUTH_INVALID_CREDENTIALS';
  const error: AuthFormError = { code: isPassword ? 'WRONG_PASSWORD' : code, retryAfterSeconds, violations };
  return { [place]: error } as AuthFormErrors<Field>;
}

/** The error of a request that has no result. */
export function requestError(error: unknown): AuthFormError {
  if (!(error instanceof AuthRequestError)) return { code: 'UNEXPECTED' };
  const { code, status, retryAfterSeconds } = error;
  if (status === 429 || code === 'AUTH_TOO_MANY_REQUESTS') return { code: 'AUTH_TOO_MANY_REQUESTS', retryAfterSeconds };
  if (code === 'UNAUTHENTICATED' || code === 'SERVICE_UNAVAILABLE' || code === 'UNREACHABLE') return { code };
  return { code: 'UNEXPECTED' };
}

/** The same object as long as the error is the same, so that the time to wait goes on. */
export function useRequestError(cause: unknown): AuthFormError | undefined {
  return useMemo(() => (cause ? requestError(cause) : undefined), [cause]);
}
