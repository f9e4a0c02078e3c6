import { ormOptions } from './src/platform/database/orm.js';
import { TABLES } from './src/features.js';
import { readSettings } from './src/config/env.js';

const { database } = readSettings();
if (database.url === undefined) throw new Error('Set DATABASE_URL to the database that the command should work on.');

const options = ormOptions({ url: database.url, poolSize: database.poolSize, tables: TABLES });

// The command line looks for the configuration of this name.
export default { ...options, contextName: 'default' };
