import { fileURLToPath } from 'node:url';

/** The folder of the built pages. */
export const PAGES_FOLDER = fileURLToPath(new URL('../../dist/pages/', import.meta.url));
