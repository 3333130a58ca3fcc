import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import type { Caller } from '#libs/auth/caller.js';
import { Database } from '#libs/event-store/database.js';
import { firstUuid } from '#libs/event-store/ids.js';
import type { Column } from '#libs/scim/filter/to-sql.js';
import { listCondition } from '#libs/service-kit/input/filter-input.js';
import { type ListPart, decodeCursor, pageOf, type Page } from '#libs/service-kit/input/page.js';
import { type NamedPerson, Names } from '../names/names.exports.js';
import { seesAll } from '../policy/policy.exports.js';
import { Sponsorships } from './sponsorships.stream.js';

/** A contractor with who answers for them. */
export interface SponsorshipView {
  readonly identityId: string;
  readonly identity: NamedPerson;
  readonly sponsorId: string | null;
  readonly sponsor: NamedPerson | null;
  /** The first instant without access; null: HR states no end. */
  readonly endsAt: string | null;
  /** Days before the end that were announced last; null before the first notice. */
  readonly noticed: number | null;
  /** What has to be mended in HR; null: nothing. */
  readonly problem: 'no-sponsor' | 'no-end' | null;
}

/** Those whom the caller sponsors; all for policy administrators and auditors. */
export class ListSponsorships extends Query<Page<SponsorshipView>> {
  constructor(
    readonly part: ListPart,
    readonly caller: Caller,
  ) {
    super();
  }
}

const columns: Readonly<Record<string, Column>> = {
  identityId: { sql: 'identity_id', type: 'uuid' },
  sponsorId: { sql: 'sponsor_id', type: 'uuid' },
  endsAt: { sql: 'ends_at', type: 'timestamp' },
  problem: {
    sql: `case when sponsor_id is null then 'no-sponsor' when ends_at is null then 'no-end' end`,
    type: 'word',
  },
};

@QueryHandler(ListSponsorships)
export class ListSponsorshipsHandler implements IQueryHandler<ListSponsorships> {
  constructor(
    private readonly db: Database,
    private readonly sponsorships: Sponsorships,
    private readonly names: Names,
  ) {}

  async execute({ part: { limit, cursor, filter }, caller }: ListSponsorships): Promise<Page<SponsorshipView>> {
    const [after = firstUuid] = decodeCursor(cursor, ['uuid']) ?? [];
    const all = seesAll(caller);
    const condition = listCondition(filter, columns, 5);
    const rows = await this.db.query<{ id: string; version: number; fold: number; state: unknown }>(
      `select identity_id as id, version, fold, state from sponsorship
       where status = 'open' and ($1 or sponsor_id = $2::uuid) and identity_id > $3::uuid and (${condition.sql})
       order by identity_id limit $4`,
      [all, caller.identity, after, limit + 1, ...condition.params],
    );
    const { items, nextCursor } = pageOf(
      await this.sponsorships.loadRows(rows),
      limit,
      ({ id }) => [id],
      ({ state }) => state,
    );
    const open = items.flatMap((state) => (state.status === 'open' ? [state] : []));
    const person = await this.names.of(open.flatMap(({ identityId, sponsorId }) => [identityId, sponsorId]));
    return {
      items: open.map(({ identityId, sponsorId, endsAt, noticed }) => ({
        identityId,
        identity: person(identityId),
        sponsorId,
        sponsor: sponsorId === null ? null : person(sponsorId),
        endsAt,
        noticed,
        problem: sponsorId === null ? 'no-sponsor' : endsAt === null ? 'no-end' : null,
      })),
      nextCursor,
    };
  }
}
