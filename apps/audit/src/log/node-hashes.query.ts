import type { Database } from '#libs/event-store/database.js';
import type { NodeId, ProofPlan } from '#libs/merkle-log/tree.js';

/** Reads the hashes of a proof in one statement and assembles the proof. */
export async function prove(db: Database, plan: ProofPlan): Promise<Buffer[]> {
  return (await proveAll(db, [plan]))[0] ?? [];
}

/** The same for many proofs: still one statement. */
export async function proveAll(db: Database, plans: readonly ProofPlan[]): Promise<Buffer[][]> {
  const needed = new Map(plans.flatMap(({ nodes }) => nodes).map((node) => [nameOf(node), node]));
  const leaves = [...needed.values()].filter(({ level }) => level === 0);
  const inner = [...needed.values()].filter(({ level }) => level > 0);
  const rows = await db.query<{ level: number; index: string; hash: Buffer }>(
    `select 0 as level, index, hash from leaf where index = any($1::bigint[])
     union all
     select n.level, n.index, n.hash from unnest($2::int[], $3::bigint[]) as u(level, index)
       join node n on n.level = u.level and n.index = u.index`,
    [leaves.map(({ index }) => index), inner.map(({ level }) => level), inner.map(({ index }) => index)],
  );
  const hashes = new Map(rows.map(({ level, index, hash }) => [nameOf({ level, index: Number(index) }), hash]));
  return plans.map(({ assemble }) => assemble((id) => hashes.get(nameOf(id)) ?? missing(id)));
}

const nameOf = ({ level, index }: NodeId): string => `${level} ${index}`;

function missing({ level, index }: NodeId): never {
  throw new Error(`the log lacks node ${level}/${index}`);
}
