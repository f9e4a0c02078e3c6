import fc, { type GeneratorValue } from 'fast-check';
import { getNamedType, isInputObjectType, isListType, isNonNullType } from 'graphql';
import type { SignedIn } from '../graphql-client.js';
import { addressLike, hostileString, hostileValue } from './hostile-values.js';
import type { ValueOf } from './random-operation.js';

const anyValue = (): fc.Arbitrary<unknown> => hostileValue;
const anyString = (): fc.Arbitrary<string> => hostileString;
const anyAddress = (): fc.Arbitrary<string> => addressLike;

const oneOf = (values: readonly string[]): fc.Arbitrary<string> => fc.constantFrom(...values);

/** Begins some of the made-up passwords and tokens. */
export const SECRET_MARK = 'must-not-be-kept';

/** Generates values of input types: mostly valid ones, with some parts wrong, missing or superfluous. */
export function randomInput(gen: GeneratorValue, user: SignedIn): ValueOf {
  const oneIn = (count: number): boolean => gen(fc.nat, count - 1) === 0;

  const stringFor = (path: string): string => {
    const known = knownStrings(path, user);
    if (known.length > 0 && !oneIn(3)) return gen(oneOf, known);
    if (/email/i.test(path)) return gen(anyAddress);
    return /(password|token)$/i.test(path) && oneIn(2) ? SECRET_MARK + gen(anyString) : gen(anyString);
  };

  const valueOf: ValueOf = (type, path) => {
    if (oneIn(12)) return gen(anyValue);
    if (oneIn(30)) return undefined;
    if (isNonNullType(type)) return valueOf(type.ofType, path);
    if (oneIn(15)) return null;
    if (isListType(type)) return [0, 1, 2].slice(0, gen(fc.nat, 3)).map(() => valueOf(type.ofType, path));
    const named = getNamedType(type);
    if (named.name === '_Any') return { __typename: 'User', id: user.userId, ...extra() };
    if (!isInputObjectType(named)) return stringFor(path);
    const fields = Object.values(named.getFields());
    const entries = fields.map(({ name, type: inner }) => [name, valueOf(inner, `${path}.${name}`)] as const);
    return { ...Object.fromEntries(entries), ...extra() };
  };

  /** Now and then, fields that the type does not have. */
  const extra = (): object => (oneIn(25) ? Object.fromEntries([[gen(anyString), gen(anyValue)]]) : {});

  return valueOf;
}

/** What a client of this user would send in a field. */
function knownStrings(path: string, user: SignedIn): string[] {
  const { email, password, sessionId, refreshToken, accessToken } = user;
  if (path.endsWith('mail')) return [email, ` ${email.toUpperCase()} `, `new-${email}`];
  if (path.endsWith('newPassword')) return ['a passphrase nobody has used', password, 'password'];
  if (/password$/i.test(path)) return [password, 'not the password'];
  if (path.endsWith('sessionId')) return [sessionId, user.userId];
  if (path.endsWith('oken')) return [refreshToken, accessToken, refreshToken.replace(/.$/, '_')];
  return [];
}
