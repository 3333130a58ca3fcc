import { monitorEventLoopDelay } from 'node:perf_hooks';
import { close, listen } from '../http/http-server.js';
import type { Gauge } from '../service/service-definition.js';
import type { ServiceSettings } from '../settings/settings.js';
import type { RunningService } from '../service/start-service.js';

type Measured = Pick<RunningService, 'definition' | 'ready' | 'oldestWriterSeconds' | 'gauges' | 'observed'>;

/**
 * `/metrics` in Prometheus' text format on METRICS_PORT, without a token: numbers only, no personal data. Without
 * METRICS_PORT nothing is measured, and `url` is null.
 */
export async function serveMetrics(
  services: readonly Measured[],
  { METRICS_PORT: port, host }: ServiceSettings,
): Promise<{ readonly url: string | null; stop(): Promise<void> }> {
  if (port === undefined) return { url: null, stop: () => Promise.resolve() };
  // Loaded only when it is used, because loading takes time and memory.
  const { prometheusText, prometheusType } = await import('./prometheus-text.js');
  const delay = monitorEventLoopDelay();
  delay.enable();
  const { server, url } = await listen(
    (request, response) => {
      if (request.url !== '/metrics') {
        response.writeHead(404).end();
        return;
      }
      allGauges(services, delay.percentile(99) / 1e9)
        .then(prometheusText)
        .then(async (text) => [text, ...(await Promise.all(services.map((service) => service.observed())))].join('\n'))
        .then(
          (text) => response.writeHead(200, { 'Content-Type': prometheusType }).end(text),
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

async function allGauges(services: readonly Measured[], delaySeconds: number): Promise<Gauge[]> {
  return [...processGauges(delaySeconds), ...(await Promise.all(services.map(serviceGauges))).flat()];
}

function processGauges(delaySeconds: number): Gauge[] {
  const { rss, heapUsed } = process.memoryUsage();
  const labels = {};
  return [
    { name: 'process_resident_memory_bytes', help: 'resident memory of the process', labels, value: rss },
    { name: 'nodejs_heap_used_bytes', help: 'JavaScript heap in use', labels, value: heapUsed },
    {
      name: 'nodejs_eventloop_delay_p99_seconds',
      help: 'delay of the event loop since the last reading',
      labels,
      value: delaySeconds,
    },
  ];
}

async function serviceGauges(service: Measured): Promise<Gauge[]> {
  const labels = { service: service.definition.name };
  const [{ ok }, oldestWriter, own] = await Promise.all([
    service.ready(),
    service.oldestWriterSeconds(),
    service.gauges(),
  ]);
  return [
    { name: 'hub_service_ready', help: '1 if the service is ready, else 0', labels, value: Number(ok) },
    {
      name: 'hub_database_oldest_writer_seconds',
      help: 'age of the oldest writing transaction; every reader of facts and messages waits for it',
      labels,
      value: oldestWriter,
    },
    ...own,
  ];
}
