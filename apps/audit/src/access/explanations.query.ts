import { Injectable } from '@nestjs/common';
import { saidIn } from '#libs/contracts/body-fault.js';
import type { AssignmentMessage } from '#libs/contracts/decisions.js';
import { Database } from '#libs/event-store/database.js';
import { leafColumns, LeafParts, type LeafRow, type OpenedPart, readLeaf, type ReadLeaf } from '../log/log.exports.js';
import { assignmentCreated, explanationOf, type Explanation } from './explanation.js';

/** Longest chain of causes that is followed. */
const maxDepth = 16;

/** Finds the causes of assignments: requests and their approvers, or rules and HR statements. */
@Injectable()
export class Explanations {
  constructor(
    private readonly db: Database,
    private readonly parts: LeafParts,
  ) {}

  /** The cause of each assignment the log knew at `knownAt`, in four statements. */
  async of(assignments: readonly string[], knownAt: string): Promise<Map<string, Explanation>> {
    if (assignments.length === 0) return new Map();
    const chains = await this.chains([...new Set(assignments)], knownAt);
    const requests = await this.requests([...chains.values()].flat(), knownAt);
    const indexes = [...requests.values()].flat().map(({ index }) => index);
    const opened = await this.parts.of(indexes);
    const words = (leaf: ReadLeaf, subject: string): OpenedPart['fields'] =>
      (opened.get(leaf.index) ?? []).find((part) => part.subject === subject)?.fields ?? null;
    const causes = [...chains].map(([id, chain]) =>
      explanationOf(id, chain, requests.get(requestOf(chain) ?? '') ?? [], words),
    );
    return new Map(causes.flatMap((cause) => (cause === null ? [] : [[cause.assignment, cause]])));
  }

  /** From each assignment's creation back along the causation ids, the first cause first: topics may arrive in any order. */
  private async chains(assignments: readonly string[], knownAt: string): Promise<Map<string, ReadLeaf[]>> {
    const rows = await this.db.query<LeafRow & { root: string }>(
      `with recursive chain(root, index, causation_id, depth) as (
         select l.subject, l.index, l.causation_id, 0 from leaf l
         where l.subject = any($1::text[]) and l.type = 'hub.governance.assignment.created.v1' and l.recorded_at <= $2::timestamptz
         union
         select c.root, p.index, p.causation_id, c.depth + 1 from chain c join leaf p on p.event_id = c.causation_id
         where c.depth < $3 and p.recorded_at <= $2::timestamptz)
       select c.root, ${leafColumns} from chain c join leaf l on l.index = c.index
       group by c.root, l.index order by max(c.depth) desc, l.index`,
      [assignments, knownAt, maxDepth],
    );
    const byRoot = Map.groupBy(rows, ({ root }) => root);
    return new Map([...byRoot].map(([root, chain]) => [root, chain.map(readLeaf)]));
  }

  private async requests(chain: readonly ReadLeaf[], knownAt: string): Promise<Map<string, ReadLeaf[]>> {
    const ids = new Set(chain.flatMap((leaf) => requestOf([leaf]) ?? []));
    if (ids.size === 0) return new Map();
    const rows = await this.db.query<LeafRow & Record<string, unknown>>(
      `select ${leafColumns} from leaf l where l.subject = any($1::text[]) and l.type like 'hub.governance.request.%'
         and l.recorded_at <= $2::timestamptz order by l.index`,
      [[...ids], knownAt],
    );
    return Map.groupBy(rows.map(readLeaf), ({ entry }) => entry.subject);
  }
}

function requestOf(chain: readonly ReadLeaf[]): string | null {
  const [said] = chain.flatMap(({ entry }) => saidIn<AssignmentMessage>(entry, assignmentCreated) ?? []);
  return said?.cause.type === 'request' ? said.cause.request : null;
}
