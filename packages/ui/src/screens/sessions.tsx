import type { AuthSession } from '@auth-subgraph/client';
import { useSessions } from '@auth-subgraph/client/react';
import { useEffect, useRef, type ReactElement, type Ref } from 'react';
import { useSessionList, type SessionList } from '../hooks/use-session-list.js';
import { format, formatTime } from '../messages/format.js';
import type { Messages } from '../messages/messages.types.js';
import { Button } from '../parts/form.js';
import type { ScreenProps } from '../parts/screen.types.js';
import { UserScreen } from '../parts/user-screen.js';
import { perUser } from '../provider/per-user.js';
import { useParts, useUi } from '../provider/ui-context.js';

export type SessionsProps = Omit<ScreenProps, 'slots'>;

/** Lists the devices on which the user is signed in, and signs them out. */
export const Sessions: (props: SessionsProps) => ReactElement = /* @__PURE__ */ perUser(SessionsOfUser);

function SessionsOfUser(props: SessionsProps): ReactElement {
  const { messages } = useUi();
  const { title, text } = messages.sessions;
  const list = useSessionList();
  return (
    <UserScreen
      {...props}
      source={useSessions()}
      name="sessions"
      view="form"
      state={list.status}
      title={title}
      text={text}
      notice={{ error: list.error, done: confirmationOf(list, messages) }}
    >
      {list.sessions && <List list={list} sessions={list.sessions} />}
    </UserScreen>
  );
}

function confirmationOf({ status, ended }: SessionList, { sessions }: Messages): string | undefined {
  if (status !== 'done' || ended === undefined) return undefined;
  if (ended === 'others') return sessions.othersEnded;
  return format(sessions.ended, { device: ended.deviceName ?? sessions.unknownDevice });
}

interface ListProps {
  readonly list: SessionList;
  readonly sessions: readonly AuthSession[];
}

function List({ list, sessions }: ListProps): ReactElement {
  const part = useParts();
  const { messages } = useUi();
  const isPending = list.status === 'pending';
  const others = sessions.filter(({ current }) => !current);
  const focusRef = useFocusAfter(list.ended);
  return (
    <>
      <ul {...part('list')} ref={focusRef} tabIndex={-1} aria-label={messages.sessions.title}>
        {sessions.map((session) => (
          <Device key={session.id} session={session} isPending={isPending} onEnd={() => list.end(session)} />
        ))}
      </ul>
      {others.length > 1 && (
        <Button label={messages.sessions.endOthers} isPending={isPending} onPress={list.endOthers} />
      )}
    </>
  );
}

interface DeviceProps {
  readonly session: AuthSession;
  readonly isPending: boolean;
  readonly onEnd: () => void;
}

function Device({ session, isPending, onEnd }: DeviceProps): ReactElement {
  const part = useParts();
  const { messages, locale } = useUi();
  const { sessions } = messages;
  const device = session.deviceName ?? sessions.unknownDevice;
  const used = format(sessions.lastUsed, { time: formatTime(session.lastUsedAt, locale) });
  return (
    <li {...part('item')}>
      <div {...part('value')}>
        <p {...part('term')}>
          <bdi>{device}</bdi> {session.current && <span {...part('badge', 'good')}>{sessions.current}</span>}
        </p>
        <p {...part('hint')}>{used}</p>
        {session.ipAddress !== null && (
          <p {...part('hint')}>
            <bdi>{session.ipAddress}</bdi>
          </p>
        )}
      </div>
      {!session.current && (
        <Button
          label={sessions.end}
          name={format(sessions.endDevice, { device })}
          isPending={isPending}
          onPress={onEnd}
        />
      )}
    </li>
  );
}

/** The button that ended a session is gone with it. */
function useFocusAfter(ended: SessionList['ended']): Ref<HTMLUListElement> {
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    if (ended !== undefined) list.current?.focus();
  }, [ended]);
  return list;
}
