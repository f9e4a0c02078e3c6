import type { ReactElement } from 'react';
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

/** The one live region of a screen. It is always there, because a region that appears with its text is not announced. */
export function Notice({ error, context, done }: NoticeContent): ReactElement {
  const part = useParts();
  const { messages, locale } = useUi();
  const errorTexts = useErrorTexts();
  const remaining = useRemainingSeconds(error);
  const isOver = remaining === 0;
  const state = error === undefined ? (done === undefined ? 'empty' : 'done') : isOver ? 'over' : 'failed';
  return (
    <div {...part('notice', state)}>
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
