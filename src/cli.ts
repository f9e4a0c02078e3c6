#!/usr/bin/env node
import { pino } from 'pino';
import { ConfigError } from './config/config.js';
import { inVariableNames, readSettings } from './config/env.js';
import { EmbeddedPostgresError } from './persistence/embedded-postgres.js';
import { migrateOnce, serve } from './service.js';

const USAGE = `Usage: auth-subgraph <command>

  serve     Starts the subgraph (the default). Without DATABASE_URL on an embedded PostgreSQL in DATA_DIR.
  migrate   Brings the database schema up to date, and ends.
  help      Prints this.

Settings come from the environment; .env.example lists them all.`;

async function main(command = 'serve'): Promise<void> {
  if (command === 'help' || command === '--help') {
    console.log(USAGE);
    return;
  }
  if (command !== 'serve' && command !== 'migrate') {
    console.error(USAGE);
    process.exit(2);
  }
  const settings = readSettings();
  const logger = pino({ level: settings.logLevel });
  await (command === 'serve' ? serve(settings, logger) : migrateOnce(settings, logger));
}

main(process.argv[2]).catch((error: unknown) => {
  if (error instanceof ConfigError) console.error(inVariableNames(error).message);
  else if (error instanceof EmbeddedPostgresError) console.error(error.message);
  else console.error(error);
  process.exit(1);
});
