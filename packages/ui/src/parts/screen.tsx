import { createElement, useEffect, useId, useRef, type ReactElement, type ReactNode } from 'react';
import { useIsEmbedded } from '../provider/embedded-context.js';
import { useParts, useUi } from '../provider/ui-context.js';
import { Notice, type NoticeContent } from './notice.js';
import type { ScreenProps } from './screen.types.js';

/** What a screen shows: its form, or what follows. */
export interface ScreenView {
  /** The heading of a view that replaces another one gets the focus. */
  readonly view: string;
  readonly state: string;
  readonly title: string;
  readonly text?: string | undefined;
  readonly notice?: NoticeContent | undefined;
  readonly footer?: ReactNode;
  readonly children?: ReactNode;
}

interface Props extends ScreenProps, ScreenView {
  /** The value of `data-auth-screen`. */
  readonly name: string;
}

/** The frame of every screen: a heading, the live region, the content and links. */
export function Screen({
  name,
  view,
  state,
  title,
  text,
  notice,
  slots,
  className,
  footer,
  children,
}: Props): ReactElement {
  const part = useParts();
  const { messages } = useUi();
  const isEmbedded = useIsEmbedded();
  const id = useId();
  const { className: partClass, ...screen } = part('screen', state);
  const below = slots?.footer === undefined ? footer : slots.footer;
  const focus = { ref: useFocusOnChange(view), tabIndex: -1 };
  /** Nothing in the header can have the focus. */
  const isUntitled = isEmbedded && text === undefined;
  return (
    <section
      {...screen}
      className={[partClass, className].filter(Boolean).join(' ') || undefined}
      data-auth-screen={name}
      data-view={view}
      lang={messages.locale}
      aria-labelledby={isEmbedded ? undefined : id}
      {...(isUntitled && { ...focus, 'aria-label': title })}
    >
      <Header id={id} focus={focus} title={isEmbedded ? undefined : title} text={text} slot={slots?.header} />
      <Notice {...notice} screenState={state} />
      {children}
      {below != null && below !== false && <div {...part('footer')}>{below}</div>}
    </section>
  );
}

interface HeaderProps {
  readonly id: string;
  /** The properties of the element that gets the focus. */
  readonly focus: object;
  readonly title: string | undefined;
  readonly text: string | undefined;
  readonly slot: ReactNode;
}

function Header({ id, focus, title, text, slot }: HeaderProps): ReactElement {
  const part = useParts();
  const { headingLevel } = useUi();
  const textId = text === undefined ? undefined : `${id}text`;
  // Whoever hears the heading also hears what has changed below it.
  const heading = { ...part('title'), ...focus, id, 'aria-describedby': textId };
  return (
    <div {...part('header')}>
      {slot}
      {title !== undefined && createElement(`h${String(headingLevel)}`, heading, title)}
      {text !== undefined && (
        <p {...part('text')} id={textId} {...(title === undefined && focus)}>
          {text}
        </p>
      )}
    </div>
  );
}

/**
 * Moves the focus to an element whenever the view changes, because the element that had it is gone. Not after `unknown`,
 * which had none, nor if what had failed loads by itself: the user may be typing somewhere else.
 */
function useFocusOnChange(view: string): (element: HTMLElement | null) => void {
  const element = useRef<HTMLElement | null>(null);
  const shown = useRef(view);
  useEffect(() => {
    if (shown.current === view) return;
    const isLost = shown.current !== 'failed' || document.activeElement === document.body;
    if (shown.current !== 'unknown' && isLost) element.current?.focus();
    shown.current = view;
  }, [view]);
  return (next) => {
    element.current = next;
  };
}
