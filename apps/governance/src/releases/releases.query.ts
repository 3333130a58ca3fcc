import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import type { Caller } from '#libs/auth/caller.js';
import { currentRows } from '#libs/event-store/current-rows.js';
import { Database } from '#libs/event-store/database.js';
import { firstUuid } from '#libs/event-store/ids.js';
import type { Column } from '#libs/scim/filter/to-sql.js';
import { listCondition } from '#libs/service-kit/input/filter-input.js';
import { type ListPart, decodeCursor, pageOf, type Page } from '#libs/service-kit/input/page.js';
import { Accesses, type WithheldVersion } from '../assignments/assignments.exports.js';
import { refusedVersion, titledIn } from '../catalog/catalog.exports.js';
import { Names } from '../names/names.exports.js';
import { AccessLosses, CurrentCatalog, OwnedPackages } from '../people/people.exports.js';
import { type CatalogSnapshot, seesAll } from '../policy/policy.exports.js';
import type { WaitingVersion, WithheldVersionView } from './release-views.js';

/** Versions that wait for a release: all for administrators and auditors, for others those of packages they own. By id. */
export class ListWaitingVersions extends Query<Page<WaitingVersion>> {
  constructor(
    readonly part: Omit<ListPart, 'filter'>,
    readonly caller: Caller,
  ) {
    super();
  }
}

/** Released versions that do not reach somebody. Others than administrators and auditors see their own, and those of packages they own. */
export class ListWithheldVersions extends Query<Page<WithheldVersionView>> {
  constructor(
    readonly part: ListPart,
    readonly caller: Caller,
  ) {
    super();
  }
}

@QueryHandler(ListWaitingVersions)
export class ListWaitingVersionsHandler implements IQueryHandler<ListWaitingVersions> {
  constructor(
    private readonly catalog: CurrentCatalog,
    private readonly owned: OwnedPackages,
    private readonly losses: AccessLosses,
  ) {}

  async execute({ part: { limit, cursor }, caller }: ListWaitingVersions): Promise<Page<WaitingVersion>> {
    const [after = ''] = decodeCursor(cursor, ['text']) ?? [];
    const [catalog, owned] = await Promise.all([this.catalog.current(), this.owned.of(caller)]);
    const visible = catalog.versions.unreleased.filter((id) => seesAll(caller) || owned.includes(id));
    const items = await Promise.all(
      visible
        .filter((id) => id > after)
        .slice(0, limit + 1)
        .map(async (id) => {
          const among = { packages: [id, ...catalog.inclusion.includersOf(id)], rule: null };
          return waitingVersion(id, catalog, await this.losses.countTogether([among], []));
        }),
    );
    return pageOf(
      items,
      limit,
      ({ packageId }) => [packageId],
      (one) => one,
    );
  }
}

function waitingVersion(id: string, catalog: CatalogSnapshot, holders: number): WaitingVersion {
  const released = catalog.versions.releaseOf(id)?.version ?? null;
  const added = catalog.versions.addedAfter(id, released ?? 0);
  return {
    packageId: id,
    package: catalog.titleOf('access-package', id),
    version: catalog.accessPackage(id)?.version ?? 0,
    released,
    grants: titledIn(
      catalog,
      added.filter((one) => typeof one !== 'string'),
    ),
    includes: added.flatMap((one) => (typeof one === 'string' ? [catalog.titleOf('access-package', one)] : [])),
    holders,
  };
}

interface WithheldRow extends Record<string, unknown> {
  readonly assignment_id: string;
  readonly package_id: string;
  readonly identity_id: string;
  readonly held_package: string;
  readonly version: number;
  readonly code: WithheldVersion['code'];
  readonly because: WithheldVersion['because'];
  readonly withheld_at: Date;
  readonly fold: number;
}

const columns: Readonly<Record<string, Column>> = {
  packageId: { sql: 'package_id', type: 'key' },
  heldPackageId: { sql: 'held_package', type: 'key' },
  identityId: { sql: 'identity_id', type: 'uuid' },
  code: { sql: 'code', type: 'word' },
};

@QueryHandler(ListWithheldVersions)
export class ListWithheldVersionsHandler implements IQueryHandler<ListWithheldVersions> {
  constructor(
    private readonly db: Database,
    private readonly accesses: Accesses,
    private readonly names: Names,
    private readonly catalog: CurrentCatalog,
    private readonly owned: OwnedPackages,
  ) {}

  async execute({ part, caller }: ListWithheldVersions): Promise<Page<WithheldVersionView>> {
    const { limit, cursor, filter } = part;
    const [assignment = firstUuid, packageId = ''] = decodeCursor(cursor, ['uuid', 'text']) ?? [];
    const condition = listCondition(filter, columns, 7);
    const all = seesAll(caller);
    const owned = all ? [] : await this.owned.of(caller);
    const find = (): Promise<WithheldRow[]> =>
      this.db.query<WithheldRow>(
        `select * from withheld_version
       where ($1 or identity_id = $2::uuid or package_id = any($3::text[]) or held_package = any($3::text[]))
         and (assignment_id, package_id) > ($4::uuid, $5::text) and (${condition.sql})
       order by assignment_id, package_id limit $6`,
        [all, caller.identity, owned, assignment, packageId, limit + 1, ...condition.params],
      );
    const rows = await currentRows(find, {
      streams: this.accesses,
      shownBy: ({ identity_id: id, fold }) => [{ id, fold }],
    });
    const { items, nextCursor } = pageOf(
      rows,
      limit,
      (row) => [row.assignment_id, row.package_id],
      (row) => row,
    );
    return { items: await this.named(items), nextCursor };
  }

  private async named(rows: readonly WithheldRow[]): Promise<WithheldVersionView[]> {
    const [person, catalog] = await Promise.all([
      this.names.of(rows.map((row) => row.identity_id)),
      this.catalog.current(),
    ]);
    return rows.map((row) => ({
      ...refusedVersion(
        { packageId: row.package_id, version: row.version, code: row.code, because: row.because },
        catalog,
      ),
      assignmentId: row.assignment_id,
      heldPackage: catalog.titleOf('access-package', row.held_package),
      identityId: row.identity_id,
      identity: person(row.identity_id),
      withheldAt: row.withheld_at.toISOString(),
    }));
  }
}
