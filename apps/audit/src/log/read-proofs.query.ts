import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { Database } from '#libs/event-store/database.js';
import { planConsistency, planInclusion, rootOf, subtrees } from '#libs/merkle-log/tree.js';
import { InvalidInput, NotFound } from '#libs/problems/problem.js';
import { Checkpoints } from './checkpoints.store.js';
import { prove } from './node-hashes.query.js';
import { readHead } from './tree-head.store.js';

/** RFC 6962 §2.1.1: the path from a leaf to the root over the first `size` leaves; hashes in base64. */
export interface InclusionProof {
  readonly index: number;
  readonly size: number;
  readonly leafHash: string;
  readonly path: readonly string[];
  readonly root: string;
  /** The signed checkpoint of that size, if one was signed. */
  readonly checkpoint: string | null;
}

/** RFC 6962 §2.1.2: the first `from` leaves are those of the tree of `to`. */
export interface ConsistencyProof {
  readonly from: number;
  readonly to: number;
  readonly path: readonly string[];
  readonly fromRoot: string;
  readonly toRoot: string;
}

export class ProveInclusion extends Query<InclusionProof> {
  /** @param size null: of the newest checkpoint */
  constructor(
    readonly index: number,
    readonly size: number | null,
  ) {
    super();
  }
}

export class ProveConsistency extends Query<ConsistencyProof> {
  /** @param to null: the newest checkpoint */
  constructor(
    readonly from: number,
    readonly to: number | null,
  ) {
    super();
  }
}

@QueryHandler(ProveInclusion)
export class ProveInclusionHandler implements IQueryHandler<ProveInclusion> {
  constructor(
    private readonly db: Database,
    private readonly checkpoints: Checkpoints,
  ) {}

  async execute({ index, size: asked }: ProveInclusion): Promise<InclusionProof> {
    const size = asked ?? (await this.checkpoints.current()).size;
    await refuseBeyond(this.db, '/size', size);
    const [leaf] = await this.db.query<{ hash: Buffer }>(`select hash from leaf where index = $1::bigint`, [index]);
    if (leaf === undefined) throw new NotFound('entry', String(index));
    if (index >= size)
      throw new InvalidInput([
        { pointer: '/size', detail: `must be greater than ${index}: a smaller tree does not contain the entry` },
      ]);
    const path = await prove(this.db, planInclusion(index, size));
    const root = await rootAt(this.db, size);
    const checkpoint = (await this.checkpoints.at(size))?.note ?? null;
    return { index, size, leafHash: base64(leaf.hash), path: path.map(base64), root: base64(root), checkpoint };
  }
}

@QueryHandler(ProveConsistency)
export class ProveConsistencyHandler implements IQueryHandler<ProveConsistency> {
  constructor(
    private readonly db: Database,
    private readonly checkpoints: Checkpoints,
  ) {}

  async execute({ from, to: asked }: ProveConsistency): Promise<ConsistencyProof> {
    const to = asked ?? (await this.checkpoints.current()).size;
    await refuseBeyond(this.db, '/to', to);
    if (from > to) throw new InvalidInput([{ pointer: '/from', detail: `must be at most ${to}` }]);
    const path = await prove(this.db, planConsistency(from, to));
    const [fromRoot, toRoot] = [await rootAt(this.db, from), await rootAt(this.db, to)];
    return { from, to, path: path.map(base64), fromRoot: base64(fromRoot), toRoot: base64(toRoot) };
  }
}

async function rootAt(db: Database, size: number): Promise<Buffer> {
  const nodes = subtrees(0, size);
  let edge: Buffer[] = [];
  await prove(db, { nodes, assemble: (hashOf) => (edge = nodes.map(hashOf)) });
  return rootOf({ size, edge });
}

async function refuseBeyond(db: Database, pointer: string, size: number): Promise<void> {
  const { frontier } = await readHead(db);
  if (size > frontier.size) {
    throw new InvalidInput([{ pointer, detail: `must be at most ${frontier.size}: the log has no more entries` }]);
  }
}

const base64 = (hash: Buffer): string => hash.toString('base64');
