import { Injectable } from '@nestjs/common';
import { Database } from '#libs/event-store/database.js';
import {
  becauseOf,
  type Holder,
  NamedExplanations,
  overlaps,
  timelineItem,
  type TimelineItem,
  timelineOf,
  Timelines,
} from '../access/access.exports.js';
import { People, Titles } from '../log/log.exports.js';
import type { ExportJob, ExportScope } from './export-job.store.js';

export interface Contents {
  /** Entries of the pack, ascending. */
  readonly indexes: readonly number[];
  readonly timeline: readonly TimelineItem[];
}

/** Maximum of holders per statement, and of causes that are followed. */
const chunk = 500;
const maxDepth = 16;

/**
 * The entries of a pack: all entries of the scope in its time; the entries that begin, end and confirm each period of
 * access in that time; and all their causes. With them the timeline can be checked.
 */
@Injectable()
export class PackContents {
  constructor(
    private readonly db: Database,
    private readonly timelines: Timelines,
    private readonly explanations: NamedExplanations,
    private readonly people: People,
    private readonly titles: Titles,
  ) {}

  async of({ scope, size }: ExportJob): Promise<Contents> {
    const knownAt = await this.knownAt(size);
    const timeline = await this.timeline(scope, knownAt);
    const indexes = new Set(await this.entriesOf(scope, size));
    for (const { sinceEntry, untilEntry, confirmedEntry, justifiedUntilEntry, lastSeenEntry, why } of timeline) {
      for (const entry of [sinceEntry, untilEntry, confirmedEntry, justifiedUntilEntry, lastSeenEntry])
        if (entry !== null) indexes.add(entry);
      for (const { chain } of why) for (const { entry } of chain) indexes.add(entry);
    }
    const named = await this.people.entries(
      timeline.map(({ identity }) => identity.id),
      knownAt,
    );
    for (const index of named.values()) indexes.add(index);
    const titles = await this.titles.named(timeline.flatMap(titledIn), knownAt);
    for (const index of titles.entries) indexes.add(index);
    const all = await this.withAncestors([...indexes], size);
    return { indexes: all, timeline };
  }

  /** When the last entry of that tree was recorded: no later entry has that time. */
  private async knownAt(size: number): Promise<string> {
    const [row] = await this.db.query<{ recorded_at: Date }>(`select recorded_at from leaf where index = $1::bigint`, [
      size - 1,
    ]);
    return (row?.recorded_at ?? new Date(0)).toISOString();
  }

  private async timeline(scope: ExportScope, knownAt: string): Promise<TimelineItem[]> {
    const filter = { application: null, identity: null, [scope.kind]: scope.id };
    const items: TimelineItem[] = [];
    for (let after: Holder | null = null; ;) {
      const holders: Holder[] = await this.timelines.holders(filter, after, chunk);
      const all = await timelineOf(this.timelines, holders, knownAt);
      const within = all.filter(({ period }) => overlaps(period, scope.from, scope.to));
      const explained = await this.explanations.of({
        identities: within.map(({ period }) => period.identity),
        applications: within.map(({ period }) => period.application),
        assignments: within.flatMap(({ period }) => becauseOf(period)),
        knownAt,
      });
      for (const { basis, period } of within) items.push(timelineItem(basis, period, explained));
      after = holders.at(-1) ?? null;
      if (holders.length < chunk) return items;
    }
  }

  private async entriesOf({ kind, id, from, to }: ExportScope, size: number): Promise<number[]> {
    const condition = kind === 'identity' ? 'identity = $1::uuid' : 'application = $1';
    const rows = await this.db.query<{ index: string }>(
      `select index from leaf where ${condition} and index < $2::bigint and occurred_at between $3::timestamptz and $4::timestamptz`,
      [id, size, from, to],
    );
    return rows.map(({ index }) => Number(index));
  }

  private async withAncestors(indexes: readonly number[], size: number): Promise<number[]> {
    const rows = await this.db.query<{ index: string }>(
      `with recursive chain(index, causation_id, depth) as (
         select index, causation_id, 0 from leaf where index = any($1::bigint[])
         union
         select p.index, p.causation_id, c.depth + 1 from chain c join leaf p on p.event_id = c.causation_id
         where c.depth < $2 and p.index < $3::bigint)
       select distinct index from chain order by index`,
      [indexes, maxDepth, size],
    );
    return rows.map(({ index }) => Number(index));
  }
}

const titledIn = ({ application, why }: TimelineItem): string[] => [
  application,
  ...why.flatMap(({ package: id, by }) => (by.type === 'birthright' ? [id, by.rule] : [id])),
];
