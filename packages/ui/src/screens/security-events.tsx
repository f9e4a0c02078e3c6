import type { AuthSecurityEvent } from '@auth-subgraph/client';
import { useSecurityEvents } from '@auth-subgraph/client/react';
import { useEffect, useRef, type ReactElement, type RefObject } from 'react';
import { useRequestError } from '../form/form-errors.js';
import { formatTime } from '../messages/format.js';
import { Button } from '../parts/form.js';
import type { ScreenProps } from '../parts/screen.types.js';
import { UserScreen } from '../parts/user-screen.js';
import { useParts, useUi } from '../provider/ui-context.js';

export type SecurityEventsProps = Omit<ScreenProps, 'slots'>;

/** Lists what happened to the account of the user, newest first. */
export function SecurityEvents(props: SecurityEventsProps): ReactElement {
  const part = useParts();
  const { title, text, more } = useUi().messages.securityEvents;
  const events = useSecurityEvents();
  const { data, error, fetchNextPage, hasNextPage, isFetchingNextPage } = events;
  const { list, expectMore } = useFocusOnMore(data?.length ?? 0);
  const failure = useRequestError(isFetchingNextPage ? undefined : error);
  const showMore = (): void => {
    if (isFetchingNextPage) return;
    expectMore();
    void fetchNextPage();
  };
  return (
    <UserScreen
      {...props}
      source={events}
      name="security-events"
      view="form"
      state={failure ? 'failed' : isFetchingNextPage ? 'pending' : 'idle'}
      title={title}
      text={text}
      notice={{ error: failure }}
    >
      {data && (
        <ul {...part('list')} ref={list} aria-label={title}>
          {data.map((event) => (
            <Event key={event.id} event={event} />
          ))}
        </ul>
      )}
      {hasNextPage && <Button label={more} isPending={isFetchingNextPage} onPress={showMore} />}
    </UserScreen>
  );
}

function Event({ event }: { event: AuthSecurityEvent }): ReactElement {
  const part = useParts();
  const { messages, locale } = useUi();
  const { events, other } = messages.securityEvents;
  const { name, occurredAt, deviceName, userAgent, ipAddress } = event;
  const words: Readonly<Record<string, string | undefined>> = events;
  const device = deviceName ?? (userAgent === null && ipAddress === null ? null : messages.sessions.unknownDevice);
  return (
    <li {...part('item')} tabIndex={-1}>
      <div {...part('value')}>
        <p {...part('term')}>{words[name] ?? other}</p>
        <p {...part('hint')}>{formatTime(occurredAt, locale)}</p>
        {[device, ipAddress].map(
          (fact) =>
            fact !== null && (
              <p {...part('hint')} key={fact}>
                <bdi>{fact}</bdi>
              </p>
            ),
        )}
      </div>
    </li>
  );
}

/** Moves the focus to the first of the events that are added, because the button may be gone. */
function useFocusOnMore(count: number): { list: RefObject<HTMLUListElement | null>; expectMore: () => void } {
  const list = useRef<HTMLUListElement>(null);
  const shown = useRef<number>(undefined);
  useEffect(() => {
    if (shown.current === undefined || shown.current >= count) return;
    const items = list.current?.querySelectorAll<HTMLElement>('li');
    items?.[shown.current]?.focus();
    shown.current = undefined;
  }, [count]);
  return { list, expectMore: () => (shown.current = count) };
}
