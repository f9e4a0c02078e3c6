import type { PasswordRule } from '@auth-subgraph/client';
import { createContext, useContext } from 'react';
import { en } from '../messages/en.js';
import type { Messages } from '../messages/messages.types.js';

/** Every kind of element of the screens: the values of `data-auth-part`. */
export type AuthPart =
  | 'screen'
  | 'header'
  | 'title'
  | 'text'
  | 'footer'
  | 'link'
  | 'form'
  | 'row'
  | 'field'
  | 'label'
  | 'optional'
  | 'control'
  | 'input'
  | 'reveal'
  | 'hint'
  | 'error'
  | 'notice'
  | 'countdown'
  | 'actions'
  | 'button'
  | 'list'
  | 'item'
  | 'term'
  | 'value'
  | 'badge'
  | 'section'
  | 'summary';

/** The addresses of your pages. A link without an address is not shown. */
export interface AuthLinks {
  readonly signIn?: string | undefined;
  readonly signUp?: string | undefined;
  readonly forgotPassword?: string | undefined;
  /** Where a signed-in user continues, after the email address is verified for example. */
  readonly account?: string | undefined;
}

/** The settings of the service that forms show in advance. */
export interface AuthUiSettings {
  readonly passwordMinLength: number;
  readonly passwordRules: readonly PasswordRule[];
  /** Whether the sign-in screen links to the sign-up screen. */
  readonly registrationEnabled: boolean;
}

export type HeadingLevel = 1 | 2 | 3 | 4 | 5;

export interface UiContextValue {
  readonly messages: Messages;
  readonly locale: string;
  readonly links: AuthLinks;
  /** Has what is known: nothing while the settings are being loaded. */
  readonly settings: Partial<AuthUiSettings>;
  readonly classNames: Readonly<Partial<Record<AuthPart, string>>>;
  readonly headingLevel: HeadingLevel;
}

/** If the settings cannot be loaded, users should still find the way to sign up. */
export const FALLBACK_SETTINGS: Partial<AuthUiSettings> = { registrationEnabled: true };

export const UiContext = createContext<UiContextValue>({
  messages: en,
  locale: en.locale,
  links: {},
  settings: FALLBACK_SETTINGS,
  classNames: {},
  headingLevel: 1,
});

export const useUi = (): UiContextValue => useContext(UiContext);

interface PartProps {
  readonly 'data-auth-part': AuthPart;
  readonly 'data-state'?: string | undefined;
  readonly className: string | undefined;
}

/** Returns a function that gives an element its part and the class name of the application. */
export function useParts(): (part: AuthPart, state?: string) => PartProps {
  const { classNames } = useUi();
  return (part, state) => ({ 'data-auth-part': part, 'data-state': state, className: classNames[part] });
}
