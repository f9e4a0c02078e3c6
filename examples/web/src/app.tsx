import { useAuth, useLogout } from '@auth-subgraph/client/react';
import { Account, ConfirmEmailChange, ForgotPassword, ResetPassword, Sessions } from '@auth-subgraph/ui';
import { SignIn, SignUp, VerifyEmail } from '@auth-subgraph/ui';
import { useState, type ReactElement, type ReactNode } from 'react';
import { navigate, takeToken, usePath } from './navigation.js';
import { OwnPosts, Posts } from './posts.js';

export function App(): ReactElement {
  const path = usePath();
  return (
    <>
      <Navigation />
      <main>
        <Page key={path} path={path} />
      </main>
    </>
  );
}

function Navigation(): ReactElement {
  const { status } = useAuth();
  const logout = useLogout();
  return (
    <nav>
      <a href="/">Posts</a> <a href="/my-posts">My posts</a> <a href="/sessions">Sessions</a>{' '}
      <a href="/account">Account</a>{' '}
      {status === 'signedIn' && <button onClick={() => logout.mutate()}>Sign out</button>}
      {status === 'signedOut' && <a href="/login">Sign in</a>}
    </nav>
  );
}

function Page({ path }: { readonly path: string }): ReactElement {
  // Read once, because the token is no longer in the address afterwards.
  const [token] = useState(takeToken);
  const goHome = (): void => {
    // The user may have gone to another page while the request was running.
    if (location.pathname === path) navigate('/');
  };
  switch (path) {
    case '/':
      return <Posts />;
    case '/my-posts':
      return (
        <SignedIn>
          <OwnPosts />
        </SignedIn>
      );
    case '/sessions':
      return (
        <SignedIn>
          <Sessions />
        </SignedIn>
      );
    case '/account':
      return <Account />;
    case '/login':
      return <SignIn onDone={goHome} />;
    case '/sign-up':
      return <SignUp onDone={goHome} />;
    case '/forgot-password':
      return <ForgotPassword />;
    case '/reset-password':
      return <ResetPassword token={token} />;
    case '/verify-email':
      return <VerifyEmail token={token} />;
    case '/confirm-email-change':
      return <ConfirmEmailChange token={token} />;
    default:
      return <h1>There is no such page</h1>;
  }
}

/** Shows a page to signed-in users only, and the sign-in form to others. The servers decide who may read what. */
function SignedIn({ children }: { readonly children: ReactNode }): ReactNode {
  const { status } = useAuth();
  if (status === 'unknown') return <p>One moment …</p>;
  return status === 'signedIn' ? children : <SignIn />;
}
