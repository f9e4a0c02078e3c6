import { join } from 'node:path';

/** The layout of the database folder. */
export function clusterPaths(folder: string): { data: string; password: string } {
  return { data: join(folder, 'data'), password: join(folder, 'password') };
}
