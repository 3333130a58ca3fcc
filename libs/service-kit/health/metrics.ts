import { monitorEventLoopDelay } from 'node:perf_hooks';
import { close, listen } from '../http/http-server.js';
import type { Gauge } from '../service/service-definition.js';
import type { ServiceSettings } from '../settings/settings.js';
import type { RunningService } from '../service/start-service.js';

type Measured = Pick<RunningService, 'definition' | 'ready' | 'oldestWriterSeconds' | 'gauges'>;

/**
 * `/metrics` in Prometheus' text format on METRICS_PORT, which is open to whoever reaches it: numbers only, nothing of
 * anybody. Without METRICS_PORT nothing is measured, and `url` is null.
 */
export async function serveMetrics(
  services: readonly Measured[],
  { METRICS_PORT: port, host }: ServiceSettings,
): Promise<{ readonly url: string | null; stop(): Promise<void> }> {
  if (port === undefined) return { url: null, stop: () => Promise.resolve() };
  const delay = monitorEventLoopDelay();
  delay.enable();
  const { server, url } = await listen(
    (request, response) => {
      if (request.url !== '/metrics') {
        response.writeHead(404).end();
        return;
      }
      allGauges(services, delay.percentile(99) / 1e9).then(
        (text) => response.writeHead(200, { 'Content-Type': 'text/plain; version=0.0.4' }).end(text),
        () => response.writeHead(503).end(),
      );
      delay.reset();
    },
    host,
    port,
  );
  const stop = async (): Promise<void> => {
    delay.disable();
    await close(server, 1_000);
  };
  return { url: `${url}/metrics`, stop };
}

async function allGauges(services: readonly Measured[], lagSeconds: number): Promise<string> {
  const { rss, heapUsed } = process.memoryUsage();
  const of = async <T>(name: string, value: (service: Measured) => Promise<T>): Promise<string[]> =>
    await Promise.all(
      services.map(async (service) => `${name}{service="${service.definition.name}"} ${Number(await value(service))}`),
    );
  const measured = (await Promise.all(services.map((service) => service.gauges()))).flat();
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
    ...[...Map.groupBy(measured, ({ name }) => name).values()].flatMap(linesOf),
  ];
  return `${lines.join('\n')}\n`;
}

/** Gauges of one name. Label values are ids that administrators chose, so nothing in them needs escaping. */
function linesOf(gauges: readonly Gauge[]): string[] {
  const [{ name, help } = { name: '', help: '' }] = gauges;
  const labelled = ({ labels }: Gauge): string =>
    Object.entries(labels)
      .map(([label, value]) => `${label}="${value}"`)
      .join(',');
  return [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} gauge`,
    ...gauges.map((gauge) => `${name}{${labelled(gauge)}} ${gauge.value}`),
  ];
}
