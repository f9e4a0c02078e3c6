import {
  AcceptInvitation,
  Account,
  ConfirmEmailChange,
  ForgotPassword,
  ResetPassword,
  SignIn,
  SignUp,
  VerifyEmail,
} from '@auth-subgraph/ui';
import type { ReactElement } from 'react';
import type { Language } from './languages.js';
import { Message } from './message.js';
import type { Address } from './use-address.js';

interface Props {
  readonly address: Address;
  readonly language: Language;
  /** The address of the page to sign in. */
  readonly signInHref: string;
  /** Called when the user has signed in. */
  readonly onSignedIn: () => void;
  /** Called when the user has signed out. */
  readonly onSignedOut: () => void;
  /** Called when a new email address has been confirmed. */
  readonly onConfirmed: () => void;
}

/** The screen of a page. Tokens are consumed by its button, never by opening it. */
export function Page(props: Props): ReactElement {
  const { page, token } = props.address;
  switch (page) {
    case 'sign-in':
      return <SignIn onDone={props.onSignedIn} />;
    case 'sign-up':
      return <SignUp onDone={({ __typename }) => __typename === 'LoginSuccess' && props.onSignedIn()} />;
    case 'forgot-password':
      return <ForgotPassword />;
    case 'account':
      return <Account onDone={props.onSignedOut} />;
    case undefined:
      return <NotFound {...props} />;
    default:
      return <TokenPage {...props} page={page} token={token} />;
  }
}

interface TokenPageProps extends Omit<Props, 'address'> {
  readonly page: 'verify-email' | 'reset-password' | 'accept-invitation' | 'confirm-email-change';
  readonly token: string | undefined;
}

function TokenPage({ page, token, ...props }: TokenPageProps): ReactElement {
  // Some emails link to this page without a token, so that the reader can ask for a link.
  if (page === 'reset-password') return token === undefined ? <ForgotPassword /> : <ResetPassword token={token} />;
  if (token === undefined) return <IncompleteLink {...props} page={page} />;
  if (page === 'verify-email') return <VerifyEmail token={token} />;
  if (page === 'accept-invitation') return <AcceptInvitation token={token} onDone={props.onSignedIn} />;
  return <ConfirmEmailChange token={token} onDone={props.onConfirmed} />;
}

/** The pages that do nothing without a token, and their texts. */
const INCOMPLETE = {
  'verify-email': 'verifyEmail',
  'accept-invitation': 'acceptInvitation',
  'confirm-email-change': 'confirmEmailChange',
} as const;

function IncompleteLink({
  page,
  language,
  signInHref,
}: Omit<Props, 'address'> & { page: keyof typeof INCOMPLETE }): ReactElement {
  const { messages, texts } = language;
  const { title } = messages[INCOMPLETE[page]];
  const link = { href: signInHref, label: messages.signIn.submit };
  return <Message title={title} text={texts.incompleteLink} link={link} />;
}

function NotFound({ language: { messages, texts }, signInHref }: Props): ReactElement {
  const link = { href: signInHref, label: messages.signIn.submit };
  return <Message title={texts.notFoundTitle} text={texts.notFound} link={link} />;
}
