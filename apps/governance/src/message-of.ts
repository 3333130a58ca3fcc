import type { PublicMessage } from '#libs/event-bus/message.js';
import type { RecordedFact } from '#libs/event-store/core.js';

export const serviceName = 'governance';

/** The envelope of one fact's public message; `subject` is the key unless given. */
export function messageOf(
  fact: RecordedFact,
  about: { topic: string; type: string; key: string; subject?: string; application?: string; body: object },
): PublicMessage {
  const { id, stream, version, epoch, occurredAt, actor, correlationId, causationId } = fact;
  const { topic, type, key, subject = key, application, body } = about;
  return {
    topic,
    key,
    id,
    source: `/${serviceName}/${stream}`,
    type,
    subject,
    time: occurredAt,
    actor,
    correlationId,
    causationId,
    sequence: version,
    epoch,
    ...(application === undefined ? {} : { application }),
    body,
  };
}
