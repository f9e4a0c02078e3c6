import { join } from 'node:path';

/** What lies where in the database's folder. */
export function clusterPaths(folder: string): { data: string; password: string } {
  return { data: join(folder, 'data'), password: join(folder, 'password') };
}
