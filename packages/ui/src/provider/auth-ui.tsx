import type { AuthClient } from '@auth-subgraph/client';
import { AuthProvider, useAuthSettings } from '@auth-subgraph/client/react';
import { QueryClient, QueryClientContext, QueryClientProvider } from '@tanstack/react-query';
import { useContext, useMemo, useState, type ReactElement, type ReactNode } from 'react';
import { en } from '../messages/en.js';
import type { Messages } from '../messages/messages.types.js';
import {
  FALLBACK_SETTINGS,
  UiContext,
  type AuthLinks,
  type AuthPart,
  type AuthUiSettings,
  type HeadingLevel,
  type UiContextValue,
} from './ui-context.js';

export interface AuthUiProps {
  /**
   * The client that the screens use.
   * @default that of the `AuthProvider` above
   */
  readonly client?: AuthClient | undefined;
  /**
   * The texts: `en`, `de`, `fr`, `es`, or your own.
   * @default `en`
   */
  readonly messages?: Messages | undefined;
  /**
   * The BCP 47 tag for dates and numbers, such as `de-CH`. Users who sign up get emails in this language.
   * @default the language of the messages
   */
  readonly locale?: string | undefined;
  /**
   * The addresses of your pages: `signIn`, `signUp`, `forgotPassword` and `account`. A link without an address is not
   * shown.
   */
  readonly links?: AuthLinks | undefined;
  /**
   * The settings of the service: `passwordMinLength`, `passwordRules` and `registrationEnabled`.
   * @default what `authSettings` of the service says
   */
  readonly settings?: AuthUiSettings | undefined;
  /** Class names to add, by part. */
  readonly classNames?: Readonly<Partial<Record<AuthPart, string>>> | undefined;
  /**
   * The level of the headings of the screens.
   * @default 1
   */
  readonly headingLevel?: HeadingLevel | undefined;
  readonly children?: ReactNode;
}

const NOTHING = {};

/**
 * Gives the screens below a client, texts and settings. Uses the `QueryClientProvider` above it; without one it adds its
 * own query client.
 * @example <AuthUi client={auth} messages={de} links={{ signUp: '/sign-up' }}><SignIn /></AuthUi>
 */
export function AuthUi({ client, children, ...options }: AuthUiProps): ReactElement {
  const above = useContext(QueryClientContext);
  const [own] = useState(() => above ?? new QueryClient({ defaultOptions: { queries: { retry: 1 } } }));
  const screens = <WithOptions {...options}>{children}</WithOptions>;
  return (
    <QueryClientProvider client={above ?? own}>
      {client ? <AuthProvider client={client}>{screens}</AuthProvider> : screens}
    </QueryClientProvider>
  );
}

function WithOptions({ children, ...options }: Omit<AuthUiProps, 'client'>): ReactElement {
  const { messages = en, locale = messages.locale, links = NOTHING, classNames = NOTHING, headingLevel = 1 } = options;
  const found = useAuthSettings({ enabled: options.settings === undefined });
  const settings = options.settings ?? found.data ?? (found.isError ? FALLBACK_SETTINGS : NOTHING);
  const value = useMemo<UiContextValue>(
    () => ({ messages, locale, links, classNames, headingLevel, settings }),
    [messages, locale, links, classNames, headingLevel, settings],
  );
  return <UiContext.Provider value={value}>{children}</UiContext.Provider>;
}
