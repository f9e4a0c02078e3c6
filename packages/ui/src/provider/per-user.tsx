import { useAuth } from '@auth-subgraph/client/react';
import { Fragment, useState, type ReactElement, type ReactNode } from 'react';

/** Replaces its children when another user signs in, who finds nothing that the previous one has typed or seen. */
export function PerUser({ children }: { readonly children: ReactNode }): ReactElement {
  const state = useAuth();
  const [last, setLast] = useState<{ readonly userId?: string; readonly count: number }>({ count: 0 });
  // While nobody is known, the children stay: the same user may return.
  if (state.status === 'signedIn' && state.userId !== last.userId)
    setLast({ userId: state.userId, count: last.userId === undefined ? 0 : last.count + 1 });
  return <Fragment key={last.count}>{children}</Fragment>;
}
