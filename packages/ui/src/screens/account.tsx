import { useAuth, useLogout } from '@auth-subgraph/client/react';
import { useEffect, useRef, type ReactElement, type ReactNode } from 'react';
import { Button } from '../parts/form.js';
import type { ScreenProps } from '../parts/screen.types.js';
import { UserScreen } from '../parts/user-screen.js';
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
  const { messages } = useUi();
  const isSignedOut = useAuth().status === 'signedOut';
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
    <UserScreen {...props} name="account" view="signedIn" state="idle" title={messages.account.title}>
      <SectionsPerUser onSignOut={signOut} />
    </UserScreen>
  );
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
