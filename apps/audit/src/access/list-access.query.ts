import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { decodeCursor, encodeCursor, pageOf, type Page } from '#libs/service-kit/input/page.js';
import { KnownNames, type Person, type Title } from '../log/log.exports.js';
import { accessAt, confirmedBy, type AccessAt } from './access-at.js';
import { type Coverage, Coverages } from './coverages.query.js';
import type { Basis } from './steps.js';
import { Timelines, type Holder, type HolderFilter } from './timelines.query.js';
import { NamedExplanations, type NamedExplanation } from './named-explanations.query.js';

export type AccessItem = Omit<AccessAt, 'identity' | 'because' | 'lastBecause'> & {
  readonly identity: Person;
  /** The name of the application. */
  readonly named: { readonly application: Title };
  /** How far the application had been read at that instant. */
  readonly coverage: Coverage;
  /** What justified it at that instant; empty once the last cause has ended. */
  readonly why: readonly NamedExplanation[];
  /** The last justification of what should have ended. */
  readonly lastWhy: readonly NamedExplanation[];
};

export interface AccessQuestion extends HolderFilter {
  /** Instants, ISO 8601 in UTC. */
  readonly at: string;
  readonly knownAt: string;
  readonly basis: Basis;
  readonly includeDisabled: boolean;
}

/** Who had access at an instant, as the log knew it at another instant, and why. */
export class ListAccess extends Query<Page<AccessItem>> {
  constructor(
    readonly question: AccessQuestion,
    readonly limit: number,
    readonly cursor: string | undefined,
  ) {
    super();
  }
}

/** Limits of holders: for one statement, and for one page. */
const chunk = 500;
const lookedThrough = 5 * chunk;

@QueryHandler(ListAccess)
export class ListAccessHandler implements IQueryHandler<ListAccess> {
  constructor(
    private readonly timelines: Timelines,
    private readonly explanations: NamedExplanations,
    private readonly names: KnownNames,
    private readonly coverages: Coverages,
  ) {}

  async execute({ question, limit, cursor }: ListAccess): Promise<Page<AccessItem>> {
    await this.names.require(question);
    const key = decodeCursor(cursor, ['text', 'uuid']);
    const after = key === null ? null : { application: key[0], identity: key[1] };
    const { found, last } = await this.found(question, limit + 1, after);
    const { at, knownAt } = question;
    const applications = found.map((access) => access.application);
    const { person, application, why } = await this.explanations.of({
      identities: found.map(({ identity }) => identity),
      applications,
      assignments: found.flatMap(({ because, lastBecause }) => [...because, ...lastBecause]),
      knownAt,
    });
    const coverageOf = await this.coverages.of(applications, at, knownAt);
    const confirmed = question.basis === 'decided' ? await this.confirmed(question, found) : found;
    const page = pageOf(confirmed, limit, placeOf, ({ identity, because, lastBecause, ...access }) => ({
      identity: person(identity),
      ...access,
      named: { application: application(access.application) },
      coverage: coverageOf(access.application),
      why: why(because),
      lastWhy: why(lastBecause),
    }));
    return page.nextCursor === null && last !== null ? { ...page, nextCursor: encodeCursor(placeOf(last)) } : page;
  }

  private async confirmed({ at, knownAt }: AccessQuestion, found: readonly AccessAt[]): Promise<AccessAt[]> {
    const possible = await this.timelines.periods('possible', found, knownAt);
    return found.map((access, place) => confirmedBy(possible[place]?.periods ?? [], access, at));
  }

  /**
   * Reads holders until the page is full, or until the limit that bounds the time of an answer. `last` is the holder at
   * that limit; null if the page is full or complete.
   */
  private async found(
    question: AccessQuestion,
    wanted: number,
    start: Holder | null,
  ): Promise<{ found: AccessAt[]; last: Holder | null }> {
    const { at, knownAt, basis, includeDisabled } = question;
    const found: AccessAt[] = [];
    let last = start;
    for (let looked = 0; looked < lookedThrough; looked += chunk) {
      const holders = await this.timelines.holders(question, last, chunk);
      for (const { periods } of await this.timelines.periods(basis, holders, knownAt)) {
        const access = accessAt(periods, at);
        if (access !== null && (access.enabled || includeDisabled)) found.push(access);
        if (found.length === wanted) return { found, last: null };
      }
      if (holders.length < chunk) return { found, last: null };
      last = holders.at(-1) ?? null;
    }
    return { found, last };
  }
}

const placeOf = ({ application, identity }: Holder): [string, string] => [application, identity];
