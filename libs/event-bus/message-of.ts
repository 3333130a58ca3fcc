import type { Causation, RecordedFact } from '#libs/event-store/core.js';
import type { PublicMessage } from './message.js';

/** What a fact's mapping says; everything else of the message is the fact's own. */
export interface About<Body extends object> {
  readonly topic: string;
  readonly type: string;
  readonly key: string;
  /** The key unless given. */
  readonly subject?: string;
  readonly application?: string;
  /** It removes access. */
  readonly urgent?: boolean;
  readonly body: Body;
}

/** The public message of one fact of `service`. */
export function messageOf<Body extends object>(
  service: string,
  fact: RecordedFact,
  { topic, type, key, subject = key, application, urgent = false, body }: About<Body>,
): PublicMessage<Body> {
  const { id, stream, version, epoch, occurredAt, actor, correlationId, causationId, bulk } = fact;
  return {
    topic,
    key,
    id,
    source: `/${service}/${stream}`,
    type,
    subject,
    time: occurredAt,
    actor,
    correlationId,
    causationId,
    sequence: version,
    epoch,
    ...(bulk === true ? { bulk } : {}),
    ...(urgent ? { urgent } : {}),
    ...(application === undefined ? {} : { application }),
    body,
  };
}

/**
 * Those of a batch that are of these types. What they hold is as the contract of their type says: the bus hands nothing else to a subscription
 * that names its types.
 */
export function ofTypes<Body extends object>(
  batch: readonly PublicMessage[],
  ...types: readonly string[]
): readonly PublicMessage<Body>[] {
  return batch.filter((message): message is PublicMessage<Body> => types.includes(message.type));
}

/** The same of those on a topic all of whose messages have bodies of one kind. */
export function onTopic<Body extends object>(
  batch: readonly PublicMessage[],
  topic: string,
): readonly PublicMessage<Body>[] {
  return batch.filter((message): message is PublicMessage<Body> => message.topic === topic);
}

/** The causation of a service's reaction to a message. */
export function causationFrom({ id, correlationId, bulk }: PublicMessage, actor: string): Causation {
  return { actor, correlationId, causationId: id, ...(bulk === true ? { bulk } : {}) };
}
