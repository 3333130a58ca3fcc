import { Counter, Histogram, Registry } from 'prom-client';
import type { RecordedFact } from '#libs/event-store/core.js';
import type { ObservedMetrics } from '../service/service-definition.js';

/** Metrics that grow with each stored fact: counted in this process since its start. */
export class ObservedFacts implements ObservedMetrics {
  private readonly registry = new Registry();
  private readonly observers: ((fact: RecordedFact) => void)[] = [];

  counter(name: string, help: string, labelNames: readonly string[]): (labels: Record<string, string>) => void {
    const counter = new Counter({ name, help, labelNames: [...labelNames], registers: [this.registry] });
    return (labels) => counter.inc(labels);
  }

  histogram(
    name: string,
    help: string,
    labelNames: readonly string[],
    buckets: readonly number[],
  ): (labels: Record<string, string>, value: number) => void {
    const registers = [this.registry];
    const histogram = new Histogram({ name, help, labelNames: [...labelNames], buckets: [...buckets], registers });
    return (labels, value) => histogram.observe(labels, value);
  }

  onFact(observe: (fact: RecordedFact) => void): void {
    this.observers.push(observe);
  }

  /** A fact is counted when it is staged; one whose transaction had a conflict and is staged again counts twice. */
  staged(facts: readonly RecordedFact[]): readonly never[] {
    for (const observe of this.observers) for (const fact of facts) observe(fact);
    return [];
  }

  async text(): Promise<string> {
    return await this.registry.metrics();
  }
}
