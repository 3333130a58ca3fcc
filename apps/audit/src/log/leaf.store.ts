import type { Work } from '#libs/event-store/work.js';
import type { Leaf } from '#libs/merkle-log/leaf.js';
import type { TreeNode } from '#libs/merkle-log/tree.js';
import type { Entry } from './entry.js';

export interface NumberedLeaf {
  readonly index: number;
  readonly entry: Entry;
  readonly leaf: Leaf;
}

export function stageLeaves(work: Work, leaves: readonly NumberedLeaf[]): void {
  const all = <T>(value: (leaf: NumberedLeaf) => T): T[] => leaves.map(value);
  work.run(
    `insert into leaf (index, event_id, type, hash, leaf_data, source, epoch, sequence, subject, identity, application,
       actor, correlation_id, causation_id, occurred_at, recorded_at)
     select * from unnest($1::bigint[], $2::uuid[], $3::text[], $4::bytea[], $5::text[], $6::text[], $7::int[], $8::int[],
       $9::text[], $10::uuid[], $11::text[], $12::text[], $13::uuid[], $14::uuid[], $15::timestamptz[], $16::timestamptz[])`,
    [
      all(({ index }) => index),
      all(({ entry }) => entry.public.id),
      all(({ entry }) => entry.public.type),
      all(({ leaf }) => leaf.hash),
      all(({ leaf }) => leaf.leafData),
      all(({ entry }) => entry.public.source),
      all(({ entry }) => entry.public.epoch),
      all(({ entry }) => entry.public.sequence),
      all(({ entry }) => entry.public.subject),
      all(({ entry }) => entry.identity),
      all(({ entry }) => entry.application),
      all(({ entry }) => entry.public.actor),
      all(({ entry }) => entry.public.correlationId),
      all(({ entry }) => entry.public.causationId),
      all(({ entry }) => entry.public.occurredAt),
      all(({ entry }) => entry.public.recordedAt),
    ],
  );
}

/** Subtrees that became complete. The lowest level is the leaves themselves. */
export function stageNodes(work: Work, nodes: readonly TreeNode[]): void {
  const inner = nodes.filter(({ level }) => level > 0);
  if (inner.length === 0) return;
  work.run(`insert into node (level, index, hash) select * from unnest($1::int[], $2::bigint[], $3::bytea[])`, [
    inner.map(({ level }) => level),
    inner.map(({ index }) => index),
    inner.map(({ hash }) => hash),
  ]);
}

/** Who may ever have had anything to do with an application: where questions about access look. */
export function stageHolders(work: Work, leaves: readonly NumberedLeaf[]): void {
  const pairs = new Map<string, readonly [string, string]>();
  for (const { entry } of leaves) {
    const { identity, application } = entry;
    if (identity !== null && application !== null) pairs.set(`${application} ${identity}`, [application, identity]);
  }
  if (pairs.size === 0) return;
  const rows = [...pairs.values()];
  work.run(`insert into holder (application, identity) select * from unnest($1::text[], $2::uuid[]) on conflict do nothing`, [
    rows.map(([application]) => application),
    rows.map(([, identity]) => identity),
  ]);
}
