import type { ServiceSettings } from '../settings/settings.js';
import type { Type } from '@nestjs/common';
import type { MigrationInterface } from 'typeorm';
import type { Role } from '#libs/auth/caller.js';
import type { IdentityMessage } from '#libs/contracts/identities.js';
import type { PublicMessage } from '#libs/event-bus/message.js';
import type { RecordedFact } from '#libs/event-store/core.js';
import type { Database } from '#libs/event-store/database.js';
import type { Work } from '#libs/event-store/work.js';

/** Everything that is specific to one service; `startService` does the rest, alone and in the hub. */
export interface ServiceDefinition {
  /** Database schema, and the first part of `source` of its messages. */
  readonly name: string;
  /** First path segment of every route. Set once for the whole service: controllers name what comes after it (`v1/…`). */
  readonly prefix: string;
  /** Imports the feature modules; what the kit provides is there without importing it. */
  readonly module: Type;
  /** Run on start in the service's schema, after those of store, bus and kit. */
  readonly migrations: readonly (new () => MigrationInterface)[];
  /** Recorded fact to public messages, at most one for each topic; total and pure. */
  published(fact: RecordedFact): readonly PublicMessage[];
  /** Every fact type the service stores, besides those of the kit. */
  readonly facts: readonly string[];
  /** Tables that messages of other services fill, each with how its state is restated; they are not rebuilt. */
  readonly messageFed?: Readonly<Record<string, string>>;
  /** Stages what the service keeps of people, from the newest messages about them; late and repeated ones change nothing. */
  readonly people?: (messages: readonly PublicMessage<IdentityMessage>[], work: Work) => void;
  /** May replay and dismiss what the service's consumers could not handle. */
  readonly operator: Role;
  /** The service's own metrics; no personal data. Measured at each reading of `/metrics`. */
  gauges?(database: Database, now: string, settings: ServiceSettings): Promise<readonly Gauge[]>;
  /** Metrics made from the facts that the service stores, counted in this process. Only with METRICS_PORT. */
  observe?(metrics: ObservedMetrics): void;
  /**
   * Faults in the service's own work that do not stop it, for `/health/ready`; no personal data. Checked at each
   * reading.
   */
  findings?(database: Database, part: PartOf): Promise<readonly string[]>;
}

/** Makes metrics, and tells what is stored. */
export interface ObservedMetrics {
  /** @returns adds one */
  counter(name: string, help: string, labelNames: readonly string[]): (labels: Record<string, string>) => void;
  /** @param buckets upper bounds, rising @returns adds a value */
  histogram(
    name: string,
    help: string,
    labelNames: readonly string[],
    buckets: readonly number[],
  ): (labels: Record<string, string>, value: number) => void;
  onFact(observe: (fact: RecordedFact) => void): void;
}

/** A part of the running service, by its class. */
export type PartOf = <T>(part: Type<T>) => T;

/** One number of `/metrics`. */
export interface Gauge {
  /** `hub_…`, with its unit last. */
  readonly name: string;
  readonly help: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}
