import { startPostgres } from './postgres-server.js';

/** One PostgreSQL per run: TEST_DATABASE_URL when given, else a throw-away one of our own. */
export default async function globalSetup() {
  if (process.env.TEST_DATABASE_URL !== undefined) return;
  const server = await startPostgres();
  globalThis.hubTestPostgres = server;
  process.env.TEST_DATABASE_URL = server.url;
}
