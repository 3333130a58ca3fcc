import { Injectable } from '@nestjs/common';
import { Database } from '#libs/event-store/database.js';
import type { Loaded, StoredState } from '#libs/event-store/event-stream.js';
import { Accesses } from '../assignments/assignments.exports.js';
import { type CatalogSnapshot, foundPackagesOf } from '../policy/policy.exports.js';
import type { ReviewScope } from './review.events.js';
import type { KnownItem } from './review-item.js';
import { ReviewItems } from './reviews.stream.js';

/** An assignment that a review lists. */
export interface Reviewed {
  readonly assignmentId: string;
  readonly identityId: string;
  readonly packageId: string;
}

type ItemRow = StoredState & Record<string, unknown>;

const columns = 'id, version, fold, state';
const reviewed = `id as "assignmentId", identity_id as "identityId", package_id as "packageId"`;

/** Finds what reviews are about: the assignments of a scope, and the items that wait for something. */
@Injectable()
export class ReviewWork {
  constructor(
    private readonly db: Database,
    private readonly items: ReviewItems,
    private readonly accesses: Accesses,
  ) {}

  /** The next assignments of a scope, by id. An application's scope also holds what was found there. */
  async inScope(scope: ReviewScope, catalog: CatalogSnapshot, after: string, limit: number): Promise<Reviewed[]> {
    return await this.db.query<Reviewed & Record<string, unknown>>(
      `select ${reviewed} from assignment where id > $1::uuid and ($2::text[] is null or package_id = any($2) or starts_with(package_id, $3))
       and status in ('active', 'scheduled', 'suspended') and ($6::boolean or cause ->> 'type' <> 'birthright')
       and (not $4::boolean or (cause ->> 'type' = 'as-found' and cause ->> 'certifiedBy' is null)) order by id limit $5::int`,
      [after, packagesOf(scope, catalog), foundIn(scope), scope.asFound, limit, scope.birthrights === true],
    );
  }

  /** The next items about which nobody has answered yet, by id. */
  async open(reviewId: string, limit: number): Promise<Loaded<KnownItem>[]> {
    const rows = await this.db.query<ItemRow>(
      `select ${columns} from review_item where review_id = $1::uuid and status = 'open' order by id limit $2::int`,
      [reviewId, limit],
    );
    return await this.loaded(rows);
  }

  private async loaded(rows: readonly StoredState[]): Promise<Loaded<KnownItem>[]> {
    const items = await this.items.loadRows(rows);
    return items.flatMap(({ state, ...item }) => (state === null ? [] : [{ ...item, state }]));
  }

  /** How many items nobody has answered, and how many revocations no reading has shown yet. */
  async counts(reviewId: string): Promise<{ readonly openItems: number; readonly unverified: number }> {
    const [row] = await this.db.query<{ openItems: number; unverified: number }>(
      `select (select count(*)::int from review_item where review_id = $1::uuid and status = 'open') as "openItems",
         (select count(*)::int from review_item where review_id = $1::uuid and unverified) as unverified`,
      [reviewId],
    );
    return row ?? { openItems: 0, unverified: 0 };
  }

  /** Revoked items of which everything is gone, and that do not say so yet. */
  async gone(reviewId: string, limit: number): Promise<Loaded<KnownItem>[]> {
    const rows = await this.db.query<ItemRow & { current: boolean; identity: string; assignment: string }>(
      `select i.id, i.version, i.fold, i.state, a.fold = $2 as current, i.identity_id as identity, i.assignment_id as assignment
       from review_item i join assignment a on a.id = i.assignment_id
       where i.review_id = $1::uuid and i.unverified and (a.removal = 'done' or a.fold <> $2) order by i.id limit $3::int`,
      [reviewId, this.accesses.fold, limit],
    );
    // A row of another fold is not believed: what the person's stream says counts.
    const doubted = rows.filter(({ current }) => !current);
    const accesses = await this.accesses.loadMany(doubted.map(({ identity }) => identity));
    const stillThere = ({ identity, assignment }: (typeof rows)[number]): boolean => {
      const { assignments = [], ended = [] } = accesses.get(identity)?.state ?? {};
      const ids = [...assignments, ...ended.map((one) => one.assignment)].map(({ assignmentId }) => assignmentId);
      return ids.includes(assignment);
    };
    return await this.loaded(rows.filter((row) => row.current || !stillThere(row)));
  }

  /** The next open items that are about this person, or that this person reviews. */
  async concerning(identityId: string, after: string, limit: number): Promise<Loaded<KnownItem>[]> {
    const rows = await this.db.query<ItemRow>(
      `select ${columns} from review_item where status = 'open' and id > $2::uuid
       and (identity_id = $1::uuid or reviewer_ids @> array[$1::uuid]) order by id limit $3::int`,
      [identityId, after, limit],
    );
    return await this.loaded(rows);
  }

  /** Those of these people whom an open item concerns. */
  async concerned(identityIds: readonly string[]): Promise<string[]> {
    const rows = await this.db.query<{ id: string }>(
      `select p.id from unnest($1::uuid[]) as p(id) where exists (
         select 1 from review_item i where i.status = 'open' and (i.identity_id = p.id or i.reviewer_ids @> array[p.id]))`,
      [identityIds],
    );
    return rows.map(({ id }) => id);
  }
}

/** With what the packages of what was found in the scope begin; null for none besides those of the catalog. */
const foundIn = ({ application }: ReviewScope): string | null =>
  application === null ? null : foundPackagesOf(application);

/** Packages of a scope; null for all. */
function packagesOf({ packageId, application }: ReviewScope, catalog: CatalogSnapshot): string[] | null {
  if (packageId !== null) return [packageId];
  return application === null ? null : catalog.packagesGranting(application).map(({ id }) => id);
}
