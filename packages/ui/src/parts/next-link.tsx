import { useAuth } from '@auth-subgraph/client/react';
import type { ReactElement } from 'react';
import { useParts, useUi } from '../provider/ui-context.js';

/** Where the user goes after a link of an email: on if signed in, else to the sign-in page. */
export function NextLink(): ReactElement | null {
  const part = useParts();
  const { messages, links } = useUi();
  const { status } = useAuth();
  const isOn = status === 'signedIn' && links.account !== undefined;
  const href = isOn ? links.account : links.signIn;
  if (href === undefined) return null;
  return (
    <a {...part('button')} data-variant="primary" href={href}>
      {isOn ? messages.common.continue : messages.signIn.submit}
    </a>
  );
}
