import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import type { Caller } from '#libs/auth/caller.js';
import { lastUuid } from '#libs/event-store/ids.js';
import { NotFound } from '#libs/problems/problem.js';
import { type ListPart, decodeCursor, pageOf, type Page } from '#libs/service-kit/input/page.js';
import { csvCell } from '#libs/text/csv-cell.js';
import { type NamedPerson, Names } from '../names/names.exports.js';
import { CurrentCatalog, type Titled, seesAll } from '../policy/policy.exports.js';
import { BulkChanges, type BulkChange, type BulkCounts, type StoredRow } from './bulk-changes.store.js';

export interface BulkChangeView extends Pick<
  BulkChange,
  'id' | 'action' | 'status' | 'reason' | 'createdAt' | 'finishedAt'
> {
  readonly rows: BulkCounts;
}

export interface BulkRowView extends Pick<StoredRow, 'line' | 'endsAt' | 'result' | 'code' | 'detail'> {
  readonly identity: NamedPerson | null;
  readonly package: Titled | null;
}

export class GetBulkChange extends Query<BulkChangeView> {
  constructor(
    readonly id: string,
    readonly caller: Caller,
  ) {
    super();
  }
}

/** The caller's own; policy administrators and auditors see all. Newest first. */
export class ListBulkChanges extends Query<Page<BulkChangeView>> {
  constructor(
    readonly part: ListPart,
    readonly caller: Caller,
  ) {
    super();
  }
}

export class ListBulkRows extends Query<Page<BulkRowView>> {
  constructor(
    readonly id: string,
    readonly part: ListPart,
    readonly caller: Caller,
  ) {
    super();
  }
}

export class DownloadBulkRows extends Query<AsyncIterable<string>> {
  constructor(
    readonly id: string,
    readonly caller: Caller,
  ) {
    super();
  }
}

@QueryHandler(GetBulkChange)
export class GetBulkChangeHandler implements IQueryHandler<GetBulkChange> {
  constructor(private readonly changes: BulkChanges) {}

  /** Who made it; policy administrators and auditors see all. */
  async execute({ id, caller }: GetBulkChange): Promise<BulkChangeView> {
    const change = await this.changes.find(id);
    const all = seesAll(caller);
    if (change === null || (change.actor !== caller.actor && !all)) throw new NotFound('bulk change', id);
    return viewOf(change, await this.changes.counts([id]));
  }
}

@QueryHandler(ListBulkChanges)
export class ListBulkChangesHandler implements IQueryHandler<ListBulkChanges> {
  constructor(private readonly changes: BulkChanges) {}

  async execute({ part: { limit, cursor, filter }, caller }: ListBulkChanges): Promise<Page<BulkChangeView>> {
    const [before = lastUuid] = decodeCursor(cursor, ['uuid']) ?? [];
    const found = await this.changes.list(seesAll(caller) ? null : caller.actor, before, limit + 1, filter);
    const counts = await this.changes.counts(found.map(({ id }) => id));
    return pageOf(
      found,
      limit,
      ({ id }) => [id],
      (change) => viewOf(change, counts),
    );
  }
}

const noRows: BulkCounts = { total: 0, unknown: 0, wouldChange: 0, changed: 0, refused: 0 };

function viewOf(
  { id, action, status, reason, createdAt, finishedAt }: BulkChange,
  counts: ReadonlyMap<string, BulkCounts>,
): BulkChangeView {
  return { id, action, status, reason, createdAt, finishedAt, rows: counts.get(id) ?? noRows };
}

@QueryHandler(ListBulkRows)
export class ListBulkRowsHandler implements IQueryHandler<ListBulkRows> {
  constructor(
    private readonly one: GetBulkChangeHandler,
    private readonly changes: BulkChanges,
    private readonly names: Names,
    private readonly catalog: CurrentCatalog,
  ) {}

  async execute({ id, part: { limit, cursor, filter }, caller }: ListBulkRows): Promise<Page<BulkRowView>> {
    await this.one.execute(new GetBulkChange(id, caller));
    const [after = 0] = decodeCursor(cursor, ['index']) ?? [];
    const rows = await this.changes.rows(id, after, limit + 1, filter);
    const [person, catalog] = await Promise.all([
      this.names.of(rows.map(({ identityId }) => identityId)),
      this.catalog.current(),
    ]);
    return pageOf(
      rows,
      limit,
      ({ line }) => [line],
      ({ identityId, packageId, line, endsAt, result, code, detail }): BulkRowView => ({
        ...{ line, endsAt, result, code, detail },
        identity: identityId === null ? null : person(identityId),
        package: packageId === null ? null : catalog.titleOf('access-package', packageId),
      }),
    );
  }
}

const csvPage = 500;

@QueryHandler(DownloadBulkRows)
export class DownloadBulkRowsHandler implements IQueryHandler<DownloadBulkRows> {
  constructor(private readonly list: ListBulkRowsHandler) {}

  async execute({ id, caller }: DownloadBulkRows): Promise<AsyncIterable<string>> {
    const page = (cursor: string | undefined): Promise<Page<BulkRowView>> =>
      this.list.execute(new ListBulkRows(id, { limit: csvPage, cursor, filter: undefined }, caller));
    return linesOf(await page(undefined), page);
  }
}

async function* linesOf(
  first: Page<BulkRowView>,
  page: (cursor: string) => Promise<Page<BulkRowView>>,
): AsyncGenerator<string> {
  yield 'line,employeeId,identityId,packageId,endsAt,result,code,detail\r\n';
  for (let { items, nextCursor } = first; ; { items, nextCursor } = await page(nextCursor)) {
    yield items.map(lineOf).join('');
    if (nextCursor === null) return;
  }
}

function lineOf({ line, identity, package: titled, endsAt, result, code, detail }: BulkRowView): string {
  const cells = [String(line), identity?.employeeId, identity?.id, titled?.id, endsAt, result, code, detail];
  return `${cells.map((cell) => csvCell(cell ?? '')).join(',')}\r\n`;
}
