import { isObject, objectIn, parsed, type PersonalPart, type RecordedFact } from './core.js';
import type { Fragment } from './statement.js';
import type { KeyRing } from './subject-keys.js';

/** A row of the table `events`, as {@link eventColumns} reads it. */
export interface EventRow extends Record<string, unknown> {
  epoch: number;
  tx_text: string;
  position: string;
  stream: string;
  version: number;
  id: string;
  type: string;
  v: number;
  data: string;
  personal: string | null;
  actor: string;
  correlation_id: string;
  causation_id: string | null;
  occurred_at: Date;
  bulk: boolean;
}

export type SealedParts = Record<string, { s: string; c: string | null }>;

/** What is read of a row `e` of the table `events`. */
export const eventColumns = `e.epoch, e.tx::text as tx_text, e.position, e.stream, e.version, e.id, e.type, e.v, e.data, e.personal,
  e.actor, e.correlation_id, e.causation_id, e.occurred_at, e.bulk`;

/** The personal parts of a row, sealed; null for a fact without. */
export function sealedPartsOf({ personal }: Pick<EventRow, 'personal'>): SealedParts | null {
  return personal === null ? null : parsed('the personal parts of a fact', isSealedParts, JSON.parse(personal));
}

const isSealedParts = (value: unknown): boolean =>
  isObject(value) && Object.values(value).every((part) => isObject(part) && typeof part['s'] === 'string');

/** The fragment that appends these facts. */
export function insertFragment(epoch: number, facts: readonly RecordedFact[], ring: KeyRing): Fragment {
  return {
    sql: `insert into events (epoch, stream, version, id, type, v, data, personal, actor, correlation_id, causation_id, occurred_at, bulk)
      select $1::int, u.* from unnest($2::text[], $3::int[], $4::uuid[], $5::text[], $6::int[], $7::text[], $8::text[],
        $9::text[], $10::uuid[], $11::uuid[], $12::timestamptz[], $13::boolean[]) as u`,
    params: [
      epoch,
      facts.map((f) => f.stream),
      facts.map((f) => f.version),
      facts.map((f) => f.id),
      facts.map((f) => f.type),
      facts.map((f) => f.v),
      facts.map((f) => JSON.stringify(f.data)),
      facts.map((f) => sealParts(f, ring)),
      facts.map((f) => f.actor),
      facts.map((f) => f.correlationId),
      facts.map((f) => f.causationId),
      facts.map((f) => f.occurredAt),
      facts.map((f) => f.bulk === true),
    ],
  };
}

/** The fact of a row. */
export function toFact(row: EventRow, sealed: SealedParts | null, ring: KeyRing): RecordedFact {
  const personal: Record<string, PersonalPart> = {};
  for (const [name, { s, c }] of Object.entries(sealed ?? {})) personal[name] = ring.openPart(s, c);
  return {
    type: row.type,
    v: row.v,
    data: objectIn('the data of a fact', row.data),
    ...(sealed === null ? {} : { personal }),
    id: row.id,
    stream: row.stream,
    version: row.version,
    epoch: row.epoch,
    occurredAt: row.occurred_at.toISOString(),
    actor: row.actor,
    correlationId: row.correlation_id,
    causationId: row.causation_id,
    ...(row.bulk ? { bulk: true } : {}),
  };
}

function sealParts(fact: RecordedFact, ring: KeyRing): string | null {
  if (fact.personal === undefined) return null;
  const sealed: SealedParts = {};
  for (const [name, { subject, fields }] of Object.entries(fact.personal)) {
    sealed[name] = { s: subject, c: fields === null ? null : ring.seal(subject, JSON.stringify(fields)) };
  }
  return JSON.stringify(sealed);
}

/** Subjects that a fact names, each with the version of the fact in its stream. */
export function mentionsIn({ personal = {}, version }: RecordedFact): { subject: string; version: number }[] {
  return Object.values(personal).map(({ subject }) => ({ subject, version }));
}

/** An append also requires version n−1, so a stream has no holes. */
export function predecessorFragment(heads: ReadonlyMap<string, number>): Fragment[] {
  const grown = [...heads].filter(([, version]) => version > 0);
  if (grown.length === 0) return [];
  return [
    {
      sql: `select 1 from unnest($1::text[], $2::int[]) as h(stream, version)
        join events p on p.stream = h.stream and p.version = h.version`,
      params: [grown.map(([stream]) => stream), grown.map(([, version]) => version)],
      rows: grown.length,
      what: 'streams at the expected version',
    },
  ];
}
