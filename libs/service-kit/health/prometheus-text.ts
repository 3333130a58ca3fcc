import { Gauge as PrometheusGauge, Registry } from 'prom-client';
import type { Gauge } from '../service/service-definition.js';

export const prometheusType = Registry.PROMETHEUS_CONTENT_TYPE;

/** The gauges in Prometheus' text format. Each reading has a registry of its own, so that two at once do not mix. */
export async function prometheusText(gauges: readonly Gauge[]): Promise<string> {
  const registry = new Registry();
  for (const [name, values] of Map.groupBy(gauges, (gauge) => gauge.name)) {
    const labelNames = [...new Set(values.flatMap(({ labels }) => Object.keys(labels)))];
    const metric = new PrometheusGauge({ name, help: values[0]?.help ?? '', labelNames, registers: [registry] });
    for (const { labels, value } of values) metric.set(labels, value);
  }
  return await registry.metrics();
}
