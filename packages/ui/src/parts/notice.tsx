import { useEffect, useRef, type ReactElement, type RefObject } from 'react';
import { useRemainingSeconds } from '../form/use-remaining.js';
import type { AuthFormError } from '../form/form.types.js';
import { formatCountdown } from '../messages/format.js';
import { useErrorTexts, type ErrorContext } from '../provider/use-error-texts.js';
import { useParts, useUi } from '../provider/ui-context.js';

/** What the live region of a screen says: an error or a confirmation. */
export interface NoticeContent {
  readonly error?: AuthFormError | undefined;
  readonly context?: ErrorContext | undefined;
  /** A confirmation. */
  readonly done?: string | undefined;
}

interface Props extends NoticeContent {
  readonly screenState: string;
}

/** The one live region of a screen. It is always there, because a region that appears with its text is not announced. */
export function Notice({ error, context, done, screenState }: Props): ReactElement {
  const part = useParts();
  const { messages, locale } = useUi();
  const errorTexts = useErrorTexts();
  const remaining = useRemainingSeconds(error);
  const isOver = remaining === 0;
  const state = error === undefined ? (done === undefined ? 'empty' : 'done') : isOver ? 'over' : 'failed';
  const element = useShownAnswer(state !== 'empty', screenState);
  return (
    <div {...part('notice', state)} ref={element}>
      <div role="status">{isOver ? messages.common.waitOver : errorTexts(error, context).join(' ') || done}</div>
      {/* Not announced: a timer is read when the user asks for it. */}
      {remaining !== undefined && remaining > 0 && (
        <div {...part('countdown')} role="timer" aria-live="off">
          {formatCountdown(remaining, locale)}
        </div>
      )}
    </div>
  );
}

/** Scrolls to the element when a form has been answered: its button may be far below, on a phone or at a high zoom. */
function useShownAnswer(isShown: boolean, screenState: string): RefObject<HTMLDivElement | null> {
  const element = useRef<HTMLDivElement>(null);
  const last = useRef(screenState);
  useEffect(() => {
    if (last.current === 'pending' && isShown) element.current?.scrollIntoView({ block: 'nearest' });
    last.current = screenState;
  }, [isShown, screenState]);
  return element;
}
