import type { AuthSession } from '@auth-subgraph/client';
import { useRevokeOtherSessions, useRevokeSession, useSessions } from '@auth-subgraph/client/react';
import { useState } from 'react';
import { requestError } from '../form/form-errors.js';
import type { AuthFormError } from '../form/form.types.js';

/** The sessions of the signed-in user without markup. */
export interface SessionList {
  /** Undefined until they are loaded. */
  readonly sessions: readonly AuthSession[] | undefined;
  readonly error: AuthFormError | undefined;
  readonly status: 'loading' | 'idle' | 'pending' | 'failed' | 'done';
  /** The session that was ended last, or `others`; undefined unless `status` is `done`. */
  readonly ended: AuthSession | 'others' | undefined;
  /** Ends one session. */
  readonly end: (session: AuthSession) => void;
  /** Ends every session but the current one. */
  readonly endOthers: () => void;
  /** Loads the sessions again after a failure. */
  readonly reload: () => void;
}

interface State {
  readonly isPending: boolean;
  readonly error?: AuthFormError;
  readonly ended?: AuthSession | 'others';
}

/** Lists the sessions of the signed-in user and ends them. */
export function useSessionList(): SessionList {
  const { data, error, refetch } = useSessions();
  const revoke = useRevokeSession();
  const revokeOthers = useRevokeOtherSessions();
  const [state, setState] = useState<State>({ isPending: false });
  const run = async (ended: AuthSession | 'others', operation: () => Promise<object>): Promise<void> => {
    if (state.isPending) return;
    setState({ isPending: true });
    try {
      // A session that has ended already is what the user wants.
      await operation();
      setState({ isPending: false, ended });
    } catch (failure) {
      setState({ isPending: false, error: requestError(failure) });
    }
  };
  const loadError = data === undefined && error !== null ? requestError(error) : undefined;
  return {
    sessions: data,
    error: state.error ?? loadError,
    status: statusOf(state, data !== undefined, loadError),
    ended: state.ended,
    end: (session) => void run(session, () => revoke.mutateAsync({ sessionId: session.id })),
    endOthers: () => void run('others', () => revokeOthers.mutateAsync()),
    reload: () => void refetch(),
  };
}

function statusOf(state: State, isLoaded: boolean, loadError: AuthFormError | undefined): SessionList['status'] {
  if (loadError ?? state.error) return 'failed';
  if (state.isPending) return 'pending';
  if (!isLoaded) return 'loading';
  return state.ended === undefined ? 'idle' : 'done';
}
