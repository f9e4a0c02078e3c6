import type { AuthClient } from '@auth-subgraph/client';
import { AuthUi, type AuthLinks } from '@auth-subgraph/ui';
import { useEffect, useState, type ReactElement } from 'react';
import { continueTarget } from './continue-target.js';
import type { Language } from './languages.js';
import { addressOf, pageAt } from './page-address.js';
import type { PageSettings } from './page-settings.js';
import { Page } from './page.js';
import { useAddress, type Address } from './use-address.js';

interface Props {
  readonly client: AuthClient;
  readonly language: Language;
  readonly settings: PageSettings;
  readonly first: Address;
}

export function App({ client, first, language, settings }: Props): ReactElement {
  const [address, open] = useAddress(first);
  const [pendingToken, setPendingToken] = useState<string>();
  useEffect(() => {
    document.title = titleOf(address, language, settings);
    if (address.visit > 0) document.querySelector('h1')?.focus();
    // A new email address is confirmed by its user, who may have to sign in first.
    if (address.page === 'confirm-email-change') setPendingToken(address.token);
    if (address.page === 'account') setPendingToken(undefined);
  }, [address, language, settings]);
  const onSignedIn = (): void => {
    // The user may have gone to another page while the request was running.
    if (pageAt(location.pathname) !== address.page) return;
    const target = continueTarget(location.search, location.href, settings.continueOrigins);
    if (pendingToken !== undefined) open('confirm-email-change', pendingToken);
    else if (target === undefined) open('account');
    else location.assign(target);
  };
  const links = linksWith(location.search);
  return (
    <AuthUi client={client} messages={language.messages} locale={language.locale} links={links}>
      {settings.productName !== undefined && <p className="pages-product">{settings.productName}</p>}
      <main>
        <Page
          key={address.visit}
          address={address}
          language={language}
          signInHref={links.signIn}
          onSignedIn={onSignedIn}
          onSignedOut={() => open('sign-in')}
          onConfirmed={() => setPendingToken(undefined)}
        />
      </main>
    </AuthUi>
  );
}

function linksWith(search: string): AuthLinks & { readonly signIn: string } {
  return {
    signIn: addressOf('sign-in', search),
    signUp: addressOf('sign-up', search),
    forgotPassword: addressOf('forgot-password', search),
    account: addressOf('account', search),
  };
}

function titleOf({ page, token }: Address, { messages, texts }: Language, { productName }: PageSettings): string {
  const titles = {
    'sign-in': messages.signIn.title,
    'sign-up': messages.signUp.title,
    'verify-email': messages.verifyEmail.title,
    'forgot-password': messages.forgotPassword.title,
    // Without a token, the page asks for the address.
    'reset-password': (token === undefined ? messages.forgotPassword : messages.resetPassword).title,
    'accept-invitation': messages.acceptInvitation.title,
    'confirm-email-change': messages.confirmEmailChange.title,
    account: messages.account.title,
  };
  const title = page === undefined ? texts.notFoundTitle : titles[page];
  return productName === undefined ? title : `${title} · ${productName}`;
}
