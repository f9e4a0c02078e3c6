import { DEFAULT_PASSWORD, newEmail, type Answer, type GraphQLTestClient, type Outcome } from './graphql-client.js';

/** The mutations whose form contains an email address: the input of each, around a value for the address. */
export const EMAIL_FORMS = {
  register: (email: unknown) => ({ email, password: DEFAULT_PASSWORD }),
  login: (email: unknown) => ({ email, password: DEFAULT_PASSWORD }),
  forgotPassword: (email: unknown) => ({ email }),
  resendVerification: (email: unknown) => ({ email }),
  changeEmail: (newEmail: unknown) => ({ newEmail, currentPassword: DEFAULT_PASSWORD }),
} as const;
export type EmailForm = keyof typeof EMAIL_FORMS;
export const EMAIL_FORM_NAMES = Object.keys(EMAIL_FORMS) as EmailForm[];

/** What a client can branch on. */
export interface Seen {
  readonly __typename?: string | undefined;
  readonly code?: string | undefined;
  readonly field?: string | undefined;
  /** `extensions.code` of each top-level error. */
  readonly errors: readonly string[];
}

export interface FormError {
  readonly name: string;
  readonly form: EmailForm;
  readonly input: object;
  readonly seen: Seen;
}

const BAD_USER_INPUT: Seen = { errors: ['BAD_USER_INPUT'] };
const WRONG_TYPES: readonly [string, unknown][] = [
  ['a number', 7],
  ['an object', { local: 'ada' }],
];
const MISTYPED: readonly [string, string][] = [
  ['a mistyped address', 'ada@example'],
  ['an address with a path', 'ada@example.com/foo'],
  ['an empty address', ''],
  ['an overlong address', `${'a'.repeat(5_000)}@example.com`],
];

/** Typical mistakes of people and programs, and what the client should see. */
export function formErrors(taken: string): FormError[] {
  const perForm = EMAIL_FORM_NAMES.flatMap((form): FormError[] => [
    ...MISTYPED.map(([name, address]) => ({
      name,
      form,
      input: EMAIL_FORMS[form](address),
      seen: invalidInput(form === 'changeEmail' ? 'newEmail' : 'email'),
    })),
    ...WRONG_TYPES.map(([name, value]) => ({ name, form, input: EMAIL_FORMS[form](value), seen: BAD_USER_INPUT })),
  ]);
  return [
    ...perForm,
    {
      name: 'a weak password',
      form: 'register',
      input: { email: newEmail(), password: 'q7!' },
      seen: { __typename: 'WeakPasswordError', code: 'AUTH_WEAK_PASSWORD', errors: [] },
    },
    {
      name: 'a taken address',
      form: 'register',
      input: EMAIL_FORMS.register(taken),
      seen: { __typename: 'EmailAlreadyExistsError', code: 'AUTH_EMAIL_ALREADY_EXISTS', errors: [] },
    },
    {
      name: 'an overlong name',
      form: 'register',
      input: { ...EMAIL_FORMS.register(newEmail()), firstName: 'a'.repeat(200) },
      seen: invalidInput('firstName'),
    },
  ];
}

function invalidInput(field: string): Seen {
  return { __typename: 'InvalidInputError', code: 'AUTH_INVALID_INPUT', field, errors: [] };
}

/** Sends a form, with its input in variables or written into the query. */
export async function submit(
  client: GraphQLTestClient,
  { form, input }: Pick<FormError, 'form' | 'input'>,
  { literal = false, token }: { literal?: boolean; token?: string | undefined } = {},
): Promise<Answer> {
  const type = `${form.charAt(0).toUpperCase()}${form.slice(1)}Input!`;
  const outcome = '{ __typename ... on AuthError { code } ... on InvalidInputError { field } }';
  return literal
    ? client.request(`mutation { ${form}(input: ${toLiteral(input)}) ${outcome} }`, {}, { token })
    : client.request(`mutation ($input: ${type}) { ${form}(input: $input) ${outcome} }`, { input }, { token });
}

/** A value in GraphQL syntax: JSON without quotes around field names. */
function toLiteral(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return `{ ${Object.entries(value)
    .map(([name, inner]) => `${name}: ${toLiteral(inner)}`)
    .join(', ')} }`;
}

export function seenOf({ data, errors }: Answer): Seen {
  const [outcome] = Object.values((data ?? {}) as Record<string, Outcome | null>);
  const { __typename, code, field } = outcome ?? {};
  return { __typename, code, field, errors: errors.map(({ extensions }) => extensions.code) };
}
