import { useAuth, useAuthClient, useLogout } from '@auth-subgraph/client/react';
import { useEffect, useRef, useState, type ReactElement, type ReactNode } from 'react';
import { requestError } from '../form/form-errors.js';
import type { AuthFormError } from '../form/form.types.js';
import { Button, Link } from '../parts/form.js';
import { Loading } from '../parts/loading.js';
import { Screen } from '../parts/screen.js';
import type { ScreenProps } from '../parts/screen.types.js';
import { EmbeddedContext } from '../provider/embedded-context.js';
import { perUser } from '../provider/per-user.js';
import { useParts, useUi } from '../provider/ui-context.js';
import { ChangeEmail } from './change-email.js';
import { ChangePassword } from './change-password.js';
import { Profile } from './profile.js';
import { SecurityEvents } from './security-events.js';
import { Sessions } from './sessions.js';

export interface AccountProps extends ScreenProps {
  /** Called when the user has signed out here. */
  readonly onDone?: (() => void) | undefined;
}

/** Everything that signed-in users manage themselves. */
export function Account({ onDone, ...props }: AccountProps): ReactElement {
  const { messages, links } = useUi();
  const { title, signedOut, signIn } = messages.account;
  const { status } = useAuth();
  const isUnknown = status === 'unknown';
  const isSignedOut = status === 'signedOut';
  const { error, tryAgain } = useFailure(isUnknown);
  const logout = useLogout();
  const isLeaving = useRef(false);
  // The state changes at once; the service may answer much later, when the user is somewhere else.
  useEffect(() => {
    if (!isSignedOut || !isLeaving.current) return;
    isLeaving.current = false;
    onDone?.();
  });
  const signOut = (): void => {
    isLeaving.current = true;
    logout.mutate(undefined, { onError: () => (isLeaving.current = false) });
  };
  return (
    <Screen
      {...props}
      name="account"
      view={status}
      state={error ? 'failed' : isUnknown ? 'loading' : 'idle'}
      title={title}
      text={isSignedOut ? signedOut : undefined}
      notice={{ error }}
    >
      {isUnknown && (error ? <Button label={messages.common.tryAgain} onPress={tryAgain} /> : <Loading />)}
      {isSignedOut && <Link href={links.signIn}>{signIn}</Link>}
      {status === 'signedIn' && <SectionsPerUser onSignOut={signOut} />}
    </Screen>
  );
}

/** Why the client does not know yet who is signed in, if its last attempt to find out has failed. */
function useFailure(isUnknown: boolean): { error: AuthFormError | undefined; tryAgain: () => void } {
  const client = useAuthClient();
  const [failure, setFailure] = useState<{ readonly cause: unknown; readonly error: AuthFormError }>();
  const [attempts, setAttempts] = useState(0);
  useEffect(() => {
    if (!isUnknown) return undefined;
    let isCurrent = true;
    client.getAccessToken().catch((cause: unknown) => {
      // While the client waits for its next attempt, it rejects with the same error, whose time to wait goes on.
      if (isCurrent) setFailure((last) => (last?.cause === cause ? last : { cause, error: requestError(cause) }));
    });
    return () => {
      isCurrent = false;
    };
  }, [client, isUnknown, attempts]);
  return { error: isUnknown ? failure?.error : undefined, tryAgain: () => setAttempts(attempts + 1) };
}

function Sections({ onSignOut }: { onSignOut: () => void }): ReactElement {
  const part = useParts();
  const { messages } = useUi();
  return (
    <EmbeddedContext.Provider value={true}>
      <div {...part('section')}>
        <Profile />
      </div>
      <Section title={messages.changePassword.title}>
        <ChangePassword />
      </Section>
      <Section title={messages.changeEmail.title}>
        <ChangeEmail />
      </Section>
      <Section title={messages.sessions.title}>
        <Sessions />
      </Section>
      <Section title={messages.securityEvents.title}>
        <SecurityEvents />
      </Section>
      <div {...part('actions')}>
        <Button label={messages.account.signOut} onPress={onSignOut} />
      </div>
    </EmbeddedContext.Provider>
  );
}

const SectionsPerUser = /* @__PURE__ */ perUser(Sections);

function Section({ title, children }: { title: string; children: ReactNode }): ReactElement {
  const part = useParts();
  return (
    <details {...part('section')}>
      <summary {...part('summary')}>{title}</summary>
      {children}
    </details>
  );
}
