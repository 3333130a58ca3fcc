import { monitorEventLoopDelay } from 'node:perf_hooks';
import { close, listen } from './http-front.js';
import type { ServiceSettings } from './settings.js';
import type { RunningService } from './start-service.js';

type Measured = Pick<RunningService, 'definition' | 'ready' | 'oldestWriterSeconds'>;

/**
 * `/metrics` in Prometheus' text format on METRICS_PORT, which is open to whoever reaches it: numbers only, nothing of
 * anybody. Without METRICS_PORT nothing is measured. Returns how to stop.
 */
export async function serveMetrics(
  services: readonly Measured[],
  { METRICS_PORT: port, host }: ServiceSettings,
): Promise<() => Promise<void>> {
  if (port === undefined) return async () => await Promise.resolve();
  const delay = monitorEventLoopDelay();
  delay.enable();
  const { server } = await listen(
    (request, response) => {
      if (request.url !== '/metrics') {
        response.writeHead(404).end();
        return;
      }
      gauges(services, delay.percentile(99) / 1e9).then(
        (text) => response.writeHead(200, { 'Content-Type': 'text/plain; version=0.0.4' }).end(text),
        () => response.writeHead(503).end(),
      );
      delay.reset();
    },
    host,
    port,
  );
  return async () => {
    delay.disable();
    await close(server, 1_000);
  };
}

async function gauges(services: readonly Measured[], lagSeconds: number): Promise<string> {
  const { rss, heapUsed } = process.memoryUsage();
  const of = async <T>(name: string, value: (service: Measured) => Promise<T>): Promise<string[]> =>
    await Promise.all(
      services.map(async (service) => `${name}{service="${service.definition.name}"} ${Number(await value(service))}`),
    );
  const lines = [
    '# TYPE process_resident_memory_bytes gauge',
    `process_resident_memory_bytes ${rss}`,
    '# TYPE nodejs_heap_used_bytes gauge',
    `nodejs_heap_used_bytes ${heapUsed}`,
    '# HELP nodejs_eventloop_delay_p99_seconds since the last reading',
    '# TYPE nodejs_eventloop_delay_p99_seconds gauge',
    `nodejs_eventloop_delay_p99_seconds ${lagSeconds}`,
    '# TYPE hub_service_ready gauge',
    ...(await of('hub_service_ready', async (service) => (await service.ready()).ok)),
    '# HELP hub_database_oldest_writer_seconds a long one holds up every reader of facts and messages',
    '# TYPE hub_database_oldest_writer_seconds gauge',
    ...(await of('hub_database_oldest_writer_seconds', (service) => service.oldestWriterSeconds())),
  ];
  return `${lines.join('\n')}\n`;
}
