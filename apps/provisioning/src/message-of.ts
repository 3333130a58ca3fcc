import type { PublicMessage } from '#libs/event-bus/message.js';
import type { RecordedFact } from '#libs/event-store/core.js';

export const serviceName = 'provisioning';

/** The envelope of one fact's public message. Key and subject are the same: an identity, or a connector. */
export function messageOf(
  fact: RecordedFact,
  about: { topic: string; type: string; key: string; body: object },
): PublicMessage {
  const { id, stream, version, epoch, occurredAt, actor, correlationId, causationId } = fact;
  const { topic, type, key, body } = about;
  return {
    topic,
    key,
    id,
    source: `/${serviceName}/${stream}`,
    type,
    subject: key,
    time: occurredAt,
    actor,
    correlationId,
    causationId,
    sequence: version,
    epoch,
    body,
  };
}
