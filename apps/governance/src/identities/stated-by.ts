import { topics } from '#libs/contracts/topics.js';
import type { RecordedFact } from '#libs/event-store/core.js';
import { identityFacts, type IdentitySnapshot } from './identity.events.js';

/** What a message of HR stated, as the fact that it caused records it; null for other facts. */
export function statedBy(event: string, { type, data }: RecordedFact): { type: string; at: string | null } | null {
  if (!identityFacts.some((one) => one === type)) return null;
  const { statement } = data as IdentitySnapshot;
  return statement?.event === event ? { type: statement.type, at: statement.at } : { type: topics.lifecycle, at: null };
}
