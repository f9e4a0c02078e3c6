import DataLoader from 'dataloader';
import type { GraphQLContext } from '../../core/graphql/context.js';
import type { User } from '../../core/users/user.js';
import type { ProfileService } from './profile.service.js';

/** Batches the references of one request into one statement. */
export type UserLoader = DataLoader<string, User | null>;

export function createUserLoader(users: ProfileService, context: GraphQLContext): UserLoader {
  return new DataLoader(async (ids) => {
    const { viewer } = context;
    const owner = viewer.kind === 'authenticated' ? viewer : undefined;
    const found = await users.findUsers(ids, owner);
    // If the viewer's session has ended, reject the viewer before any private field is read.
    if (owner && found.users.size > 0 && !found.viewerIsLive)
      context.viewer = { kind: 'rejected', reason: 'SESSION_ENDED' };
    return ids.map((id) => found.users.get(id) ?? null);
  });
}
