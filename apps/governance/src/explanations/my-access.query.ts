import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import type { Page } from '#libs/service-kit/input/page.js';
import { type NamedPerson, Names } from '../names/names.exports.js';
import { People } from '../people/people.exports.js';
import { packageMeantBy, type Titled } from '../policy/policy.exports.js';
import { LeaversRequests } from '../requests/requests.exports.js';
import { whereAssignmentIs, whereRequestIs, type Whereabouts } from './where-is-it.js';

export type WhereaboutsView = Omit<Whereabouts, 'people'> & {
  readonly package: Titled;
  readonly people: readonly NamedPerson[];
};

/** Where the access of the caller is, and who must act. Empty for a caller without an identity. */
export class GetMyAccess extends Query<Page<WhereaboutsView>> {
  constructor(readonly identityId: string | null) {
    super();
  }
}

@QueryHandler(GetMyAccess)
export class GetMyAccessHandler implements IQueryHandler<GetMyAccess> {
  constructor(
    private readonly people: People,
    private readonly requests: LeaversRequests,
    private readonly names: Names,
  ) {}

  async execute({ identityId }: GetMyAccess): Promise<Page<WhereaboutsView>> {
    if (identityId === null) return { items: [], nextCursor: null };
    const [{ batch, catalog }, open] = await Promise.all([
      this.people.today({ ids: [identityId] }),
      this.requests.openFor([identityId]),
    ]);
    const waiting = (open.get(identityId) ?? []).flatMap(({ state }) => {
      if (state.status !== 'pending') return [];
      const { requestId, packageId } = state.request;
      return [whereRequestIs({ requestId, packageId, approverIds: state.approverIds ?? [], dueAt: state.dueAt })];
    });
    const applications = {
      nameOf: (id: string) => catalog.titleOf('application', id).displayName ?? id,
      ownersOf: (id: string) => [...catalog.owners.of([id])].filter((owner) => packageMeantBy(owner) === null),
    };
    const held = batch.get(identityId).access.state.assignments.map((one) => whereAssignmentIs(one, applications));
    const all = [...waiting, ...held];
    const name = await this.names.of(all.flatMap(({ people }) => people));
    const items = all.map((one) => ({
      ...one,
      package: catalog.titleOf('access-package', one.packageId),
      people: one.people.map(name),
    }));
    return { items, nextCursor: null };
  }
}
