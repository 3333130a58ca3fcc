import { CannotStart } from './cannot-start.js';
import { run } from './run.js';
import type { ServiceDefinition } from './service-definition.js';

class NoDatabase extends CannotStart {}

/** One service in a process of its own: what each app's `main.ts` calls. @param load the code of the service, loaded here */
export async function runService(name: string, load: () => Promise<ServiceDefinition>): Promise<void> {
  await run(name, async (settings, logger, stopping) => {
    const databaseUrl = settings.DATABASE_URL;
    if (databaseUrl === undefined)
      throw new NoDatabase('cannot start, bad settings:\n  DATABASE_URL: is missing: only the hub includes a database');
    const [definition, { startService }, { httpFront }, { close, listen }, { serveMetrics }] = await Promise.all([
      load(),
      import('./start-service.js'),
      import('../http/http-front.js'),
      import('../http/http-server.js'),
      import('../health/metrics.js'),
    ]);
    const { masterKeyOf } = await import('../settings/master-key-source.js');
    const { tokensOf } = await import('./tokens.js');
    const { awaitingDatabase } = await import('./await-database.js');
    const { limitsOf } = await import('../http/limits-of.js');
    const { SystemClock } = await import('#libs/system/clock.js');
    const config = {
      settings,
      logger,
      databaseUrl,
      masterKey: masterKeyOf(settings.HUB_MASTER_KEY, settings.HUB_DATA_DIR),
      tokens: tokensOf(settings, new SystemClock(), logger),
      stopping,
    };
    const service = await awaitingDatabase(() => startService(definition, config), {
      seconds: settings.START_WAIT,
      stopping,
      onWait: (why) => logger.warn({ message: 'waits for the database', why }),
    });
    const metrics = await serveMetrics([service], settings);
    const state = { draining: false };
    const front = httpFront([service], () => state.draining, limitsOf(settings));
    const { server, url } = await listen(front, settings.host, settings.PORT);
    const stop = async (): Promise<void> => {
      await close(server);
      await metrics.stop();
      await service.stop();
    };
    const drain = (): void => void (state.draining = true);
    return { url, stop, drain, failed: service.failed };
  });
}
