import { isObject, parsed } from '#libs/event-store/core.js';
import { leafHash } from '#libs/merkle-log/tree.js';
import { partDigest } from '#libs/merkle-log/leaf.js';
import type { LeafInFull, PartInFull } from './check-rows.query.js';
import { identityIn, isEntry, type PublicEntry } from './entry.js';

/** A difference between the stored log and what was written. */
export interface Damage {
  /** Index of the first damaged entry; null if it concerns the whole log. */
  readonly entry: number | null;
  readonly finding: string;
}

type Hashed = PublicEntry & { readonly parts: readonly { readonly subject: string; readonly digest: string }[] };

const isHashed = (value: unknown): boolean => isEntry(value) && isObject(value) && Array.isArray(value['parts']);

/** Compares one stored leaf with its text: hash, search columns and personal data. */
export function checkLeaf(leaf: LeafInFull, holders: ReadonlySet<string>): Damage | null {
  const wrong = (finding: string): Damage => ({ entry: leaf.index, finding });
  if (!leafHash(leaf.leafData).equals(leaf.hash)) return wrong('its text does not match its hash');
  let entry: Hashed;
  try {
    entry = parsed<Hashed>('its text', isHashed, JSON.parse(leaf.leafData));
  } catch {
    return wrong('its text is not JSON, or not that of an entry');
  }
  const derived = columnsOf(entry);
  const column = Object.keys(derived).find((name) => derived[name] !== leaf.columns[name]);
  if (column !== undefined) return wrong(`its search column ${column} does not match its text`);
  const { identity, application } = derived;
  if (identity !== null && application !== null && !holders.has(`${String(application)} ${String(identity)}`))
    return wrong('its row in the table holder is missing, so questions about access do not find it');
  const part = wrongPart(entry.parts, leaf.parts);
  return part === null ? null : wrong(part);
}

/** The search columns of an entry, from the hashed text. */
function columnsOf(entry: PublicEntry): Readonly<Record<string, string | number | null>> {
  return {
    event_id: entry.id.toLowerCase(),
    type: entry.type,
    source: entry.source,
    epoch: entry.epoch,
    sequence: entry.sequence,
    subject: entry.subject,
    identity: identityIn(entry.data),
    application: entry.application ?? null,
    actor: entry.actor,
    correlation_id: entry.correlationId.toLowerCase(),
    causation_id: entry.causationId?.toLowerCase() ?? null,
    occurred_at: entry.occurredAt,
    recorded_at: entry.recordedAt,
  };
}

function wrongPart(said: Hashed['parts'], stored: readonly PartInFull[]): string | null {
  const bySubject = new Map(stored.map((part) => [part.subject, part]));
  if (bySubject.size > said.length) return 'personal data was added to it';
  for (const { subject, digest } of said) {
    const part = bySubject.get(subject.toLowerCase());
    if (part === undefined) return 'its personal data is missing';
    if (part.is === 'forgotten') continue;
    if (part.is === 'unreadable' || partDigest(part.salt, part.fields) !== digest)
      return 'its personal data or the salt was changed';
  }
  return null;
}
