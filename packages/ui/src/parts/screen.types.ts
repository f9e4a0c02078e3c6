import type { ButtonHTMLAttributes, ReactNode } from 'react';

/** What an application puts into a screen. */
export interface AuthSlots {
  /** Above the heading, such as a logo. */
  readonly header?: ReactNode;
  /** Instead of the links below the form; null for none. */
  readonly footer?: ReactNode;
  /**
   * Instead of the button of the form.
   * @example (props) => <MyButton {...props} />
   */
  readonly submit?: ((props: ButtonHTMLAttributes<HTMLButtonElement>) => ReactNode) | undefined;
}

export interface ScreenProps {
  readonly slots?: AuthSlots | undefined;
  /** Added to the outermost element. */
  readonly className?: string | undefined;
}
