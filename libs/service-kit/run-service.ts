import { tokensOf } from '#libs/auth/tokens.js';
import { SystemClock } from './clock.js';
import { close, httpFront, listen } from './http-front.js';
import { JsonLogger } from './json-logger.js';
import { masterKeyOf } from './master-key-source.js';
import type { ServiceDefinition } from './service-definition.js';
import { BadSettings, loadSettings } from './settings.js';
import { startService } from './start-service.js';

/** Time for a graceful end, in milliseconds. */
const stopTimeoutMs = 25_000;

/** Runs one service as a process of its own until SIGTERM or SIGINT. Exits 1 naming every bad setting at once. */
export function runService(definition: ServiceDefinition): void {
  const logger = new JsonLogger(definition.name);
  run(definition, logger).catch((error: unknown) => {
    if (error instanceof BadSettings) process.stderr.write(`${error.message}\n`);
    else logger.fatal(error);
    process.exit(1);
  });
}

async function run(definition: ServiceDefinition, logger: JsonLogger): Promise<void> {
  const settings = loadSettings();
  const { DATABASE_URL: databaseUrl } = settings;
  if (databaseUrl === undefined)
    throw new BadSettings(['DATABASE_URL: is missing: only the hub brings a database of its own']);
  const clock = new SystemClock();
  const service = await startService(definition, {
    settings,
    databaseUrl,
    masterKey: masterKeyOf(settings.HUB_MASTER_KEY, settings.HUB_DATA_DIR),
    tokens: tokensOf(settings, clock),
    logger,
    clock,
  });
  const { server, url } = await listen(httpFront([service]), settings.host, settings.PORT);
  logger.log({ message: 'ready', url });
  let stopping = false;
  const stop = async (): Promise<void> => {
    if (stopping) process.exit(1);
    stopping = true;
    setTimeout(() => process.exit(1), stopTimeoutMs).unref();
    await close(server);
    await service.stop();
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop());
}
