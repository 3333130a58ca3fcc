import { tokensOf } from '#libs/auth/tokens.js';
import { SystemClock } from './clock.js';
import { close, httpFront, listen } from './http-front.js';
import { masterKeyOf } from './master-key-source.js';
import { serveMetrics } from './metrics.js';
import { run, CannotStart } from './run.js';
import type { ServiceDefinition } from './service-definition.js';
import { startService } from './start-service.js';

class NoDatabase extends CannotStart {}

/** One service in a process of its own: what each app's `main.ts` calls. */
export function runService(definition: ServiceDefinition): void {
  void run(definition.name, async (settings, logger) => {
    const databaseUrl = settings.DATABASE_URL;
    if (databaseUrl === undefined)
      throw new NoDatabase(
        'cannot start, bad settings:\n  DATABASE_URL: is missing: only the hub brings a database of its own',
      );
    const service = await startService(definition, {
      settings,
      logger,
      databaseUrl,
      masterKey: masterKeyOf(settings.HUB_MASTER_KEY, settings.HUB_DATA_DIR),
      tokens: tokensOf(settings, new SystemClock(), logger),
    });
    const metrics = await serveMetrics([service], settings);
    const { server, url } = await listen(httpFront([service]), settings.host, settings.PORT);
    const stop = async (): Promise<void> => {
      await close(server);
      await metrics.stop();
      await service.stop();
    };
    return { url, stop, failed: service.failed };
  });
}
