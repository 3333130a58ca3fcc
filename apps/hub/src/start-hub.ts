import { RecentMessages } from '#libs/event-bus/postgres/recent-messages.js';
import { Notifier } from '#libs/event-store/notifier.js';
import type { Clock } from '#libs/system/clock.js';
import { SystemClock } from '#libs/system/clock.js';
import type { JsonLogger } from '#libs/service-kit/service/json-logger.js';
import { masterKeyOf } from '#libs/service-kit/settings/master-key-source.js';
import { serveMetrics } from '#libs/service-kit/health/metrics.js';
import type { Running } from '#libs/service-kit/service/run.js';
import type { ServiceDefinition } from '#libs/service-kit/service/service-definition.js';
import type { RunningService } from '#libs/service-kit/service/start-service.js';
import type { ServiceSettings } from '#libs/service-kit/settings/settings.js';
import { holdsData, startEmbeddedPostgres, type EmbeddedPostgres } from './embedded-postgres.js';
import { HubLock } from './hub-lock.js';
import { localSignIn } from './local-sign-in.js';

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
    const [postgres, { startService }, { httpFront }, { limitsOf }, { close, listen }, definitions, tokens] =
      await Promise.all([
        opening,
        import('#libs/service-kit/service/start-service.js'),
        import('#libs/service-kit/http/http-front.js'),
        import('#libs/service-kit/http/limits-of.js'),
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
      databaseUrl: urlOf(settings, postgres),
      masterKey,
      notifier: new Notifier(),
      recentMessages: new RecentMessages(),
      // The hub holds the lock and its own database, so no other process uses it.
      alone: settings.embedded,
      ownedDir: settings.HUB_DATA_DIR,
    };
    if (settings.embedded) await migrateEmbedded(config.databaseUrl, definitions);
    const running = await startAll(
      definitions.map((definition) => startService(definition, config)),
      undo,
    );
    const metrics = await serveMetrics(running, settings);
    undo.push(() => metrics.stop());
    const state = { draining: false };
    const signIn = localSignIn(settings, clock);
    const { server, url } = await listen(
      httpFront(running, () => state.draining, limitsOf(settings), signIn.page),
      settings.host,
      settings.PORT,
    );
    undo.push(() => close(server));
    const drain = (): void => void (state.draining = true);
    return {
      url,
      ...signIn.linkAt(url),
      stop,
      drain,
      failed: Promise.race([...running.map(({ failed }) => failed), ...endOf(postgres)]),
    };
  } catch (error) {
    await opening.catch(() => undefined);
    await stop();
    throw error;
  }
}

/** Who brings a database of their own migrates it by `hub migrate`. */
async function migrateEmbedded(url: string, definitions: readonly ServiceDefinition[]): Promise<void> {
  const { migrateDatabase } = await import('#libs/service-kit/service/migrate.js');
  await migrateDatabase(url, definitions);
}

/** The services that are starting, once all of them run; what runs is stopped by `undo` when one does not start. */
async function startAll(
  starting: readonly Promise<RunningService>[],
  undo: (() => Promise<void> | void)[],
): Promise<RunningService[]> {
  const starts = await Promise.allSettled(starting);
  const running = starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []));
  undo.push(async () => {
    await Promise.all(running.map((service) => service.stop()));
  });
  for (const start of starts) if (start.status === 'rejected') throw start.reason;
  return running;
}

const urlOf = ({ DATABASE_URL }: ServiceSettings, postgres: EmbeddedPostgres | null): string =>
  DATABASE_URL ?? postgres?.url ?? '';

const endOf = (postgres: EmbeddedPostgres | null): Promise<void>[] => (postgres === null ? [] : [postgres.ended]);

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
