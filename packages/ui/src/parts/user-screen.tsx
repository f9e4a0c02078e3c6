import { useAuth, useAuthClient } from '@auth-subgraph/client/react';
import { useCallback, useEffect, useState, type ComponentProps, type ReactElement } from 'react';
import { useRequestError } from '../form/form-errors.js';
import { useUi } from '../provider/ui-context.js';
import { Button, Link } from './form.js';
import { Loading } from './loading.js';
import { Screen } from './screen.js';

interface Source {
  readonly data?: unknown;
  readonly error: unknown;
  /** Not 0 while it is loaded again either. */
  readonly errorUpdateCount: number;
  readonly refetch: () => unknown;
}

interface Props extends ComponentProps<typeof Screen> {
  /** The query for the content, if it has to be loaded. */
  readonly source?: Source;
}

/** A screen of the signed-in user. It also says that nobody is signed in, that it is loading, or why it cannot be loaded. */
export function UserScreen({ source, children, ...screen }: Props): ReactElement {
  const { messages, links } = useUi();
  const { signedOut, signIn } = messages.account;
  const client = useAuthClient();
  const { status } = useAuth();
  const attempt = useAttempt(status === 'unknown');
  const missing = status === 'unknown' ? attempt : source?.data === undefined ? source : undefined;
  const error = useRequestError(missing?.error);
  if (status === 'signedOut')
    return (
      <Screen {...screen} view={status} state="idle" text={signedOut} notice={undefined}>
        <Link href={links.signIn}>{signIn}</Link>
      </Screen>
    );
  if (missing) {
    const hasFailed = missing.errorUpdateCount > 0;
    const tryAgain = async (): Promise<void> => {
      // Its error is that of the content too.
      await client.getAccessToken({ tryAgain: true }).catch(() => undefined);
      missing.refetch();
    };
    return (
      <Screen
        {...screen}
        view={hasFailed ? 'failed' : 'unknown'}
        state={error ? 'failed' : 'loading'}
        notice={{ error }}
      >
        {hasFailed ? (
          <Button label={messages.common.tryAgain} isPending={!error} onPress={() => void tryAgain()} />
        ) : (
          <Loading />
        )}
      </Screen>
    );
  }
  return <Screen {...screen}>{children}</Screen>;
}

/** The client's attempt to find out who is signed in, and why its last one has failed. */
function useAttempt(isUnknown: boolean): Source {
  const client = useAuthClient();
  const [error, setError] = useState<unknown>();
  // While the client waits for its next attempt, it rejects with the same error, whose time to wait goes on.
  const refetch = useCallback(() => client.getAccessToken().catch(setError), [client]);
  useEffect(() => {
    if (isUnknown) void refetch();
  }, [isUnknown, refetch]);
  return { error, errorUpdateCount: error ? 1 : 0, refetch };
}
