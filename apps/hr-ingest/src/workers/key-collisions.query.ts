import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { Database } from '#libs/event-store/database.js';
import { decodeCursor, pageOf, type Page } from '#libs/service-kit/input/page.js';

/** Old keys that differ only in case, blanks, Unicode composition or invisible characters. They were stored before keys had one canonical form. */
export interface KeyCollision {
  readonly field: 'employeeId' | 'personId';
  /** As HR wrote each; `id` is the worker's or the person's, `employed` null of a person. */
  readonly keys: readonly { readonly key: string; readonly id: string; readonly employed: boolean | null }[];
}

/** Collisions of keys, which stay apart until HR or an operator corrects them. */
export class ListKeyCollisions extends Query<Page<KeyCollision>> {
  constructor(
    readonly limit: number,
    readonly cursor: string | undefined,
  ) {
    super();
  }
}

type Row = KeyCollision & { readonly folded: string };

@QueryHandler(ListKeyCollisions)
export class ListKeyCollisionsHandler implements IQueryHandler<ListKeyCollisions> {
  constructor(private readonly db: Database) {}

  async execute({ limit, cursor }: ListKeyCollisions): Promise<Page<KeyCollision>> {
    const [field = '', folded = ''] = decodeCursor(cursor, ['text', 'text']) ?? [];
    const rows = await this.db.query<Row>(
      `select field, folded, jsonb_agg(jsonb_build_object('key', key, 'id', id, 'employed', employed) order by key) as keys
       from (
         select 'employeeId' as field, folded_id as folded, employee_id as key, worker as id, employed from worker where collides
         union all select 'personId', folded_id, person_id, person, null from person where collides) alike
       where (field, folded) > ($1, $2) group by field, folded having count(*) > 1 order by field, folded limit $3`,
      [field, folded, limit + 1],
    );
    return pageOf(
      rows,
      limit,
      (row) => [row.field, row.folded],
      ({ field: of, keys }) => ({ field: of, keys }),
    );
  }
}
