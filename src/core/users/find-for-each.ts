import { isUuid } from '../../platform/random.js';

/**
 * Finds something for each of these users, in the order of their ids. A malformed id, which an application may pass on from a
 * client, is that of nobody.
 */
export async function findForEach<Found>(
  userIds: readonly string[],
  find: (ids: readonly string[]) => Promise<ReadonlyMap<string, Found>>,
  none: Found,
): Promise<Found[]> {
  const found = await find(userIds.filter(isUuid));
  // PostgreSQL returns ids in lower case.
  return userIds.map((id) => found.get(id.toLowerCase()) ?? none);
}
