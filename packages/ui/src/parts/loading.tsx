import type { ReactElement } from 'react';
import { useParts, useUi } from '../provider/ui-context.js';

export function Loading(): ReactElement {
  const part = useParts();
  const { messages } = useUi();
  return <p {...part('text', 'loading')}>{messages.common.loading}</p>;
}
