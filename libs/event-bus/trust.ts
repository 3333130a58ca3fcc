import { ownerOf, type Topic } from '#libs/contracts/topics.js';
import { cutText } from '#libs/text/text.js';
import { uuidv5 } from '#libs/event-store/ids.js';
import { toHeaders, undecodable } from './cloud-event.js';
import type { PublicMessage } from './message.js';

/** Longest key and source that an index takes, in characters. */
const longestName = 512;

/** May its source write to its topic? On shared topics every service; on others only the owner. */
export function isFromOwner({ topic, source, type }: PublicMessage): boolean {
  // What cannot be read is parked for that.
  if (type === undecodable) return true;
  const owner = ownerOf[topic as Topic];
  return owner === undefined || owner === null || source.startsWith(`/${owner}/`);
}

export const notTheOwner = ({ topic, source }: PublicMessage): string =>
  `${source.split('/')[1] ?? ''} does not own ${topic}: an unauthorized writer`;

/**
 * Turns a message of a source that does not own the topic into one that cannot be handled, with its own id, source and
 * key. So nothing waits for it, and it cannot be confused with a genuine message.
 */
export function asForeign(message: PublicMessage): PublicMessage {
  const { topic, source, id, sequence } = message;
  return {
    ...message,
    id: uuidv5(`foreign/${topic}/${source}/${id}/${sequence}`),
    key: cutText(`foreign ${source}`, longestName),
    source: cutText(`/undecodable/foreign${source}`, longestName),
    type: undecodable,
    epoch: 0,
    body: { reason: notTheOwner(message), headers: toHeaders(message), body: JSON.stringify(message.body) },
  };
}
