import { leafHash } from '#libs/merkle-log/tree.js';
import { partDigest } from '#libs/merkle-log/leaf.js';
import type { LeafInFull, PartInFull } from './check-rows.query.js';
import { identityIn, type PublicEntry } from './entry.js';

/** Where the stored log is not what was written. */
export interface Damage {
  /** Index of the first entry that is concerned; null where it is the whole. */
  readonly entry: number | null;
  readonly finding: string;
}

type Hashed = PublicEntry & { readonly parts: readonly { readonly subject: string; readonly digest: string }[] };

/** Compares one stored leaf with its own text: hash, what it is found by, and what it says about people. */
export function checkLeaf(leaf: LeafInFull, holders: ReadonlySet<string>): Damage | null {
  const wrong = (finding: string): Damage => ({ entry: leaf.index, finding });
  if (!leafHash(Buffer.from(leaf.leafData)).equals(leaf.hash)) return wrong('its text is not that of its hash');
  let entry: Hashed;
  try {
    entry = JSON.parse(leaf.leafData) as Hashed;
  } catch {
    return wrong('its text is not JSON');
  }
  const derived = columnsOf(entry);
  const column = Object.keys(derived).find((name) => derived[name] !== leaf.columns[name]);
  if (column !== undefined) return wrong(`its search column ${column} is not what its text says`);
  const { identity, application } = derived;
  if (identity !== null && application !== null && !holders.has(`${String(application)} ${String(identity)}`))
    return wrong('questions about access do not find it: its row in holder is missing');
  const part = wrongPart(entry.parts, leaf.parts);
  return part === null ? null : wrong(part);
}

/** What an entry is found by, from the text that is hashed. */
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
  if (bySubject.size > said.length) return 'something about a person was added beside it';
  for (const { subject, digest } of said) {
    const part = bySubject.get(subject.toLowerCase());
    if (part === undefined) return 'what it says about a person is missing';
    if (part.is === 'forgotten') continue;
    if (part.is === 'unreadable' || partDigest(part.salt, part.fields) !== digest)
      return 'what it says about a person, or its salt, was changed';
  }
  return null;
}
