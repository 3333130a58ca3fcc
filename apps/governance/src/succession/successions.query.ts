import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { type ListPart, decodeCursor, pageOf, type Page } from '#libs/service-kit/input/page.js';
import { NotFound } from '#libs/problems/problem.js';
import { type NamedPerson, Names } from '../names/names.exports.js';
import { type Succession, Successions } from './successions.store.js';

export type SuccessionView = Succession & { readonly leaver: NamedPerson; readonly successor: NamedPerson | null };

export class GetSuccession extends Query<SuccessionView> {
  constructor(readonly leaverId: string) {
    super();
  }
}

export class ListSuccessions extends Query<Page<SuccessionView>> {
  constructor(readonly part: ListPart) {
    super();
  }
}

@QueryHandler(GetSuccession)
export class GetSuccessionHandler implements IQueryHandler<GetSuccession> {
  constructor(
    private readonly successions: Successions,
    private readonly names: Names,
  ) {}

  async execute({ leaverId }: GetSuccession): Promise<SuccessionView> {
    const found = await this.successions.find(leaverId);
    if (found === null) throw new NotFound('succession', leaverId);
    return viewOf(found, await this.names.of([found.leaverId, found.successorId]));
  }
}

@QueryHandler(ListSuccessions)
export class ListSuccessionsHandler implements IQueryHandler<ListSuccessions> {
  constructor(
    private readonly successions: Successions,
    private readonly names: Names,
  ) {}

  async execute({ part: { limit, cursor, filter } }: ListSuccessions): Promise<Page<SuccessionView>> {
    const [after = null] = decodeCursor(cursor, ['uuid']) ?? [];
    const rows = await this.successions.list(filter, after, limit + 1);
    const name = await this.names.of(rows.flatMap(({ leaverId, successorId }) => [leaverId, successorId]));
    return pageOf(
      rows,
      limit,
      ({ leaverId }) => [leaverId],
      (row) => viewOf(row, name),
    );
  }
}

function viewOf(succession: Succession, name: (id: string) => NamedPerson): SuccessionView {
  const { leaverId, successorId } = succession;
  return { ...succession, leaver: name(leaverId), successor: successorId === null ? null : name(successorId) };
}
