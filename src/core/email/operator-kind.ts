import type { EventActor, EventActorKind } from '../events/event-origin.js';

/** The kind of the operator who caused an email, or null if the user did. Emails do not name operators. */
export function operatorKind({ kind }: EventActor): Extract<EventActorKind, 'OPERATOR' | 'SERVICE'> | null {
  return kind === 'OPERATOR' || kind === 'SERVICE' ? kind : null;
}

/** For trying templates. */
export const SAMPLE_OPERATOR_KIND: ReturnType<typeof operatorKind> = 'OPERATOR';
