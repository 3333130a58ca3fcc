import type { Subscription } from '../event-bus.port.js';
import type { PublicMessage } from '../message.js';

/** Type of the message that ends what a service publishes again for a resumption; it is never handled. */
const republished = 'hub.bus.republished.v1';

/** A reader of one log (a topic, or a partition of it) that takes the messages that are published again before it continues. */
export interface Resumption {
  /** UUID; messages that are published again for it carry this. */
  readonly id: string;
  readonly group: string;
  readonly topic: string;
  /** The partition; 0 on transports without partitions. */
  readonly log: number;
  /** ISO 8601 instant, UTC: what was recorded since then is needed. */
  readonly since: string;
  /** Services that have not published everything again yet. */
  readonly waitsFor: readonly string[];
  /** Where the log ended when it began, in the transport's own form: the reader goes on from there. */
  readonly back: string;
}

/** What a reader does with a page of one log. */
export interface Sifted {
  readonly take: readonly PublicMessage[];
  /** Null once everything was published again; undefined for a log without a resumption. */
  readonly left: Resumption | null | undefined;
}

/**
 * A reader that is not resuming drops messages that are published again for others. A reader that is resuming takes only
 * these. Other messages are newer: it reads them afterwards, from the former end of the log.
 */
export function sift(
  page: readonly PublicMessage[],
  resumption: Resumption | undefined,
  trusts: NonNullable<Subscription['trusts']> = () => true,
): Sifted {
  if (resumption === undefined)
    return { take: page.filter((message) => message.resumption === undefined || !trusts(message)), left: undefined };
  const ours = page.filter((message) => message.resumption === resumption.id && trusts(message));
  const ended = new Set(ours.filter(isEnd).map(({ source }) => source.split('/')[1] ?? ''));
  const waitsFor = resumption.waitsFor.filter((service) => !ended.has(service));
  return {
    take: ours.filter((message) => !isEnd(message)),
    left: waitsFor.length === 0 ? null : ended.size === 0 ? resumption : { ...resumption, waitsFor },
  };
}

const isEnd = ({ type }: PublicMessage): boolean => type === republished;

/** The last message of what `service` publishes again on a topic for a resumption. */
export function endOf(id: string, service: string, topic: string, at: { id: string; time: string }): PublicMessage {
  return {
    ...at,
    topic,
    key: id,
    source: `/${service}/resumption-${id}`,
    type: republished,
    subject: id,
    actor: `service/${service}`,
    correlationId: id,
    causationId: null,
    sequence: 1,
    epoch: 1,
    resumption: id,
    body: {},
  };
}
