import { Notifier } from '#libs/event-store/notifier.js';
import type { Clock } from '#libs/system/clock.js';
import { SystemClock } from '#libs/system/clock.js';
import type { JsonLogger } from '#libs/service-kit/service/json-logger.js';
import { masterKeyOf } from '#libs/service-kit/settings/master-key-source.js';
import { serveMetrics } from '#libs/service-kit/health/metrics.js';
import type { Running } from '#libs/service-kit/service/run.js';
import type { ServiceDefinition } from '#libs/service-kit/service/service-definition.js';
import type { ServiceSettings } from '#libs/service-kit/settings/settings.js';
import { holdsData, startEmbeddedPostgres, type EmbeddedPostgres } from './embedded-postgres.js';
import { HubLock } from './hub-lock.js';

interface HubOptions {
  /** The code of the services; all four unless given. */
  readonly load?: () => Promise<readonly ServiceDefinition[]>;
  /** The machine's unless given. */
  readonly clock?: Clock;
  /** Ends a start that is under way. */
  readonly stopping?: AbortSignal;
}

/**
 * All services in one process, behind one HTTP server, on embedded PostgreSQL unless DATABASE_URL says otherwise.
 * The code of the services is loaded while the database starts.
 * @throws DataDirectoryInUse @throws EmbeddedPostgresUnavailable
 */
export async function startHub(
  settings: ServiceSettings,
  logger: JsonLogger,
  options: HubOptions = {},
): Promise<Running> {
  const { load = async () => (await import('./services.js')).services, clock = new SystemClock(), stopping } = options;
  const lock = HubLock.take(settings.HUB_DATA_DIR);
  const undo: (() => Promise<void> | void)[] = [() => lock.release()];
  const stop = async (): Promise<void> => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  let opening: Promise<EmbeddedPostgres | null> = Promise.resolve(null);
  try {
    // Created before the data, so that data without a key means a lost key.
    const hasData = settings.embedded && holdsData(settings.HUB_DATA_DIR);
    const masterKey = masterKeyOf(settings.HUB_MASTER_KEY, settings.HUB_DATA_DIR, hasData);
    opening = openPostgres(settings, undo, stopping);
    const [postgres, { startService }, { httpFront }, { close, listen }, definitions, tokens] = await Promise.all([
      opening,
      import('#libs/service-kit/service/start-service.js'),
      import('#libs/service-kit/http/http-front.js'),
      import('#libs/service-kit/http/http-server.js'),
      load(),
      import('#libs/service-kit/service/tokens.js').then(({ tokensOf }) => tokensOf(settings, clock, logger)),
    ]);
    stopping?.throwIfAborted();
    const config = {
      ...(stopping === undefined ? {} : { stopping }),
      settings,
      logger,
      clock,
      tokens,
      databaseUrl: settings.DATABASE_URL ?? postgres?.url ?? '',
      masterKey,
      notifier: new Notifier(),
      // The hub holds the lock and its own database, so no other process uses it.
      alone: settings.embedded,
      ownedDir: settings.HUB_DATA_DIR,
    };
    // A database of one's own is migrated by its owner: `hub migrate`.
    if (settings.embedded) {
      const { migrateDatabase } = await import('#libs/service-kit/service/migrate.js');
      await migrateDatabase(config.databaseUrl, definitions);
    }
    const starts = await Promise.allSettled(definitions.map((definition) => startService(definition, config)));
    const running = starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []));
    undo.push(async () => {
      await Promise.all(running.map((service) => service.stop()));
    });
    for (const start of starts) if (start.status === 'rejected') throw start.reason;
    const metrics = await serveMetrics(running, settings);
    undo.push(() => metrics.stop());
    const state = { draining: false };
    const { server, url } = await listen(
      httpFront(running, () => state.draining),
      settings.host,
      settings.PORT,
    );
    undo.push(() => close(server));
    const failures = [...running.map(({ failed }) => failed), ...(postgres === null ? [] : [postgres.ended])];
    const drain = (): void => void (state.draining = true);
    return { url, stop, drain, failed: Promise.race(failures) };
  } catch (error) {
    await opening.catch(() => undefined);
    await stop();
    throw error;
  }
}

async function openPostgres(
  settings: ServiceSettings,
  undo: (() => Promise<void> | void)[],
  stopping: AbortSignal | undefined,
): Promise<EmbeddedPostgres | null> {
  if (!settings.embedded) return null;
  const postgres = await startEmbeddedPostgres(settings.HUB_DATA_DIR, stopping);
  undo.push(() => postgres.stop());
  return postgres;
}
