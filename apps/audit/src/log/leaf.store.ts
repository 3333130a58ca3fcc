import type { Work } from '#libs/event-store/work.js';
import type { Leaf } from '#libs/merkle-log/leaf.js';
import type { TreeNode } from '#libs/merkle-log/tree.js';
import type { Entry } from './entry.js';

export interface NumberedLeaf {
  readonly index: number;
  readonly entry: Entry;
  readonly leaf: Leaf;
}

/** The leaves of one batch, with contiguous indexes. All hashes are one parameter, because arrays of bytes are slow to write. */
export function stageLeaves(work: Work, leaves: readonly NumberedLeaf[]): void {
  const [first] = leaves;
  if (first === undefined) return;
  const all = <T>(value: (leaf: NumberedLeaf) => T): T[] => leaves.map(value);
  work.run(
    `insert into leaf (index, event_id, type, hash, leaf_data, source, epoch, sequence, subject, identity, application,
       actor, correlation_id, causation_id, occurred_at, recorded_at)
     select $1::bigint + n - 1, id, type, substring($4::bytea from (n::int - 1) * 32 + 1 for 32), leaf_data, source, epoch,
       sequence, subject, identity, application, actor, correlation, causation, occurred_at, $15::timestamptz
     from unnest($2::uuid[], $3::text[], $5::text[], $6::text[], $7::int[], $8::int[], $9::text[], $10::uuid[], $11::text[],
       $12::text[], $13::uuid[], $14::uuid[], $16::timestamptz[]) with ordinality as u(id, type, leaf_data, source, epoch,
       sequence, subject, identity, application, actor, correlation, causation, occurred_at, n)`,
    [
      first.index,
      all(({ entry }) => entry.public.id),
      all(({ entry }) => entry.public.type),
      Buffer.concat(all(({ leaf }) => leaf.hash)),
      all(({ leaf }) => leaf.leafData),
      all(({ entry }) => entry.public.source),
      all(({ entry }) => entry.public.epoch),
      all(({ entry }) => entry.public.sequence),
      all(({ entry }) => entry.public.subject),
      all(({ entry }) => entry.identity),
      all(({ entry }) => entry.public.application ?? null),
      all(({ entry }) => entry.public.actor),
      all(({ entry }) => entry.public.correlationId),
      all(({ entry }) => entry.public.causationId),
      first.entry.public.recordedAt,
      all(({ entry }) => entry.public.occurredAt),
    ],
  );
}

/** Subtrees that became complete. The leaves are the lowest level. */
export function stageNodes(work: Work, nodes: readonly TreeNode[]): void {
  const inner = nodes.filter(({ level }) => level > 0);
  if (inner.length === 0) return;
  work.run(
    `insert into node (level, index, hash)
     select level, index, substring($3::bytea from (n::int - 1) * 32 + 1 for 32)
     from unnest($1::int[], $2::bigint[]) with ordinality as u(level, index, n)`,
    [inner.map(({ level }) => level), inner.map(({ index }) => index), Buffer.concat(inner.map(({ hash }) => hash))],
  );
}

/** Pairs of application and identity that may have had access. Questions about access read them. */
export function stageHolders(work: Work, leaves: readonly NumberedLeaf[]): void {
  const pairs = new Map<string, readonly [string, string]>();
  for (const { entry } of leaves) {
    const { identity } = entry;
    const { application } = entry.public;
    if (identity !== null && application !== undefined)
      pairs.set(`${application} ${identity}`, [application, identity]);
  }
  if (pairs.size === 0) return;
  const rows = [...pairs.values()];
  work.run(
    `insert into holder (application, identity) select * from unnest($1::text[], $2::uuid[]) on conflict do nothing`,
    [rows.map(([application]) => application), rows.map(([, identity]) => identity)],
  );
}
