import { type EntitlementFields } from '#libs/contracts/entitlement.js';
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { decodeCursor, pageOf, type Page } from '#libs/service-kit/input/page.js';
import {
  becauseOf,
  endedBy,
  evidenceAt,
  lastSeen,
  shouldHaveEnded,
  stateAt,
  type Period,
  type PeriodState,
  type Turn,
} from './period.js';
import { KnownNames, type Person, type Title } from '../log/log.exports.js';
import { bases, type Basis } from './steps.js';
import { Timelines, type Holder } from './timelines.query.js';
import { NamedExplanations, type Explained, type NamedExplanation } from './named-explanations.query.js';

/** One entitlement from one instant to another, each with the time of recording and the log entry. */
export type TimelineItem = EntitlementFields & {
  readonly identity: Person;
  readonly application: string;
  readonly named: { readonly application: Title };
  readonly basis: Basis;
  readonly since: string;
  readonly sinceRecordedAt: string;
  readonly sinceEntry: number;
  readonly until: string | null;
  readonly untilRecordedAt: string | null;
  readonly untilEntry: number | null;
  /** The evidence at its end, or now; null for decided access, which has no evidence. */
  readonly state: PeriodState | null;
  readonly confirmedAt: string | null;
  readonly confirmedEntry: number | null;
  readonly enabled: boolean;
  /** True if, at its end or now, nothing justifies it and its removal is not verified. */
  readonly shouldHaveEnded: boolean;
  /** When the last justification ended, with its entry; null while there is one, or if there never was one. */
  readonly justifiedUntil: string | null;
  readonly justifiedUntilEntry: number | null;
  /** The last reading that showed it, with its entry; null unless the basis is observed. `until` is the first that did not. */
  readonly lastSeenAt: string | null;
  readonly lastSeenEntry: number | null;
  /** It was there before the first reading, nobody knows since when. */
  readonly sinceUnknown: boolean;
  /** What justified it, until then. */
  readonly why: readonly NamedExplanation[];
};

export class ReadIdentityTimeline extends Query<Page<TimelineItem>> {
  constructor(
    readonly identity: string,
    readonly knownAt: string,
    readonly limit: number,
    readonly cursor: string | undefined,
  ) {
    super();
  }
}

/** Limit of applications in which one identity may have had access. */
const maxApplications = 1_000;

@QueryHandler(ReadIdentityTimeline)
export class ReadIdentityTimelineHandler implements IQueryHandler<ReadIdentityTimeline> {
  constructor(
    private readonly timelines: Timelines,
    private readonly explanations: NamedExplanations,
    private readonly names: KnownNames,
  ) {}

  async execute({ identity, knownAt, limit, cursor }: ReadIdentityTimeline): Promise<Page<TimelineItem>> {
    await this.names.require({ identity });
    const from = decodeCursor(cursor, ['index'])?.[0] ?? 0;
    const holders = await this.timelines.holders({ application: null, identity }, null, maxApplications);
    const all = await timelineOf(this.timelines, holders, knownAt);
    const rows = all.slice(from, from + limit + 1).map((period, place) => ({ ...period, place: from + place }));
    const explained = await this.explanations.of({
      identities: [identity],
      applications: rows.map(({ period }) => period.application),
      assignments: rows.flatMap(({ period }) => becauseOf(period)),
      knownAt,
    });
    return pageOf(
      rows,
      limit,
      ({ place }) => [place + 1],
      ({ basis, period }) => timelineItem(basis, period, explained),
    );
  }
}

/** The timelines of these holders on every basis, in order of time. */
export async function timelineOf(
  timelines: Timelines,
  holders: readonly Holder[],
  knownAt: string,
): Promise<{ basis: Basis; period: Period }[]> {
  const all: { basis: Basis; period: Period }[] = [];
  for (const basis of bases) {
    for (const { periods } of await timelines.periods(basis, holders, knownAt)) {
      for (const period of periods) all.push({ basis, period });
    }
  }
  return all.sort((a, b) =>
    a.period.since.at < b.period.since.at
      ? -1
      : a.period.since.at > b.period.since.at
        ? 1
        : a.period.since.index - b.period.since.index,
  );
}

export function timelineItem(
  basis: Basis,
  period: Period,
  { person, application: titleOf, why }: Explained,
): TimelineItem {
  const { identity, application, entitlement, since, until, confirmed, enabled } = period;
  const end = until?.at ?? '9999';
  const state = until === null ? stateAt(period, end) : evidenceAt(period, end);
  const ended = endedBy(period, end);
  const seen = lastSeen(period, end);
  return {
    identity: person(identity),
    application,
    named: { application: titleOf(application) },
    basis,
    ...entitlement,
    since: since.at,
    sinceRecordedAt: since.recordedAt,
    sinceEntry: since.index,
    until: instantOf(until),
    untilRecordedAt: until?.recordedAt ?? null,
    untilEntry: entryOf(until),
    state: basis === 'decided' ? null : state,
    confirmedAt: instantOf(confirmed),
    confirmedEntry: entryOf(confirmed),
    enabled,
    shouldHaveEnded: until === null && shouldHaveEnded(period, end),
    justifiedUntil: instantOf(ended),
    justifiedUntilEntry: entryOf(ended),
    lastSeenAt: instantOf(seen),
    lastSeenEntry: entryOf(seen),
    sinceUnknown: period.seen?.sinceUnknown ?? false,
    why: why(becauseOf(period)),
  };
}

const instantOf = (turn: Turn | null): string | null => turn?.at ?? null;
const entryOf = (turn: Turn | null): number | null => turn?.index ?? null;
