import { useAuth } from '@auth-subgraph/client/react';
import { useState, type ReactElement } from 'react';

/** Makes a component start anew for another user, who finds nothing that the previous one has typed or seen. */
export function perUser<Props extends object>(Content: (props: Props) => ReactElement): (props: Props) => ReactElement {
  return function PerUser(props) {
    const state = useAuth();
    const [last, setLast] = useState<{ readonly userId?: string; readonly count: number }>({ count: 0 });
    // While nobody is known, the content stays: the same user may return.
    if (state.status === 'signedIn' && state.userId !== last.userId)
      setLast({ userId: state.userId, count: last.userId === undefined ? 0 : last.count + 1 });
    return <Content key={last.count} {...props} />;
  };
}
