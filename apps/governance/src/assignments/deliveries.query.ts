import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import type { Caller } from '#libs/auth/caller.js';
import { Database } from '#libs/event-store/database.js';
import { NotFound } from '#libs/problems/problem.js';
import { CurrentCatalog, type Titled, seesAll } from '../policy/policy.exports.js';
import { Accesses } from './accesses.stream.js';
import { deliveriesOf, newestIn, type DeliveryEntry } from './deliveries.js';
import { OwnedPackages } from '../people/people.exports.js';

export type DeliveryEntryView = Omit<DeliveryEntry, 'application' | 'state'> & {
  readonly application: Titled;
  readonly state: DeliveryEntry['state'];
};

/** How far an assignment is in each application, and how it came so far. */
export interface DeliveriesView {
  readonly assignmentId: string;
  readonly applications: readonly DeliveryEntryView[];
  readonly history: readonly DeliveryEntryView[];
}

export class GetDeliveries extends Query<DeliveriesView> {
  constructor(
    readonly assignmentId: string,
    readonly caller: Caller,
  ) {
    super();
  }
}

@QueryHandler(GetDeliveries)
export class GetDeliveriesHandler implements IQueryHandler<GetDeliveries> {
  constructor(
    private readonly db: Database,
    private readonly owned: OwnedPackages,
    private readonly accesses: Accesses,
    private readonly catalog: CurrentCatalog,
  ) {}

  /** Who may see the assignment, and who asked for it. */
  async execute({ assignmentId, caller }: GetDeliveries): Promise<DeliveriesView> {
    const all = seesAll(caller);
    const [row] = await this.db.query<{ identityId: string }>(
      `select a.identity_id as "identityId" from assignment a where a.id = $1::uuid and ($2 or a.identity_id = $3::uuid
         or a.package_id = any($4::text[])
         or exists (select 1 from request r where r.id::text = a.cause ->> 'request' and r.requester_id = $3::uuid))`,
      [assignmentId, all, caller.identity, await this.owned.of(caller)],
    );
    if (row === undefined) throw new NotFound('assignment', assignmentId);
    const [[change], catalog] = await Promise.all([this.accesses.whole([row.identityId]), this.catalog.current()]);
    const history = deliveriesOf(assignmentId, change?.facts ?? []);
    const view = ({ application, ...entry }: DeliveryEntry): DeliveryEntryView => ({
      ...entry,
      application: catalog.titleOf('application', application),
    });
    return { assignmentId, applications: newestIn(history).map(view), history: history.map(view) };
  }
}
