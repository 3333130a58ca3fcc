import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import type { DesiredAccessMessage } from '#libs/contracts/desired-access.js';
import type { PublicMessage } from '#libs/event-bus/message.js';
import type { RecordedFact } from '#libs/event-store/core.js';
import { Database } from '#libs/event-store/database.js';
import { EventStore } from '#libs/event-store/event-store.js';
import type { Page } from '#libs/service-kit/page.js';
import { NotFound } from '#libs/service-kit/problem.js';
import { publishedGovernance } from '../governance.published.js';
import type { Access } from '../assignments/access.js';
import { explain, type Explanation } from './explanation.js';

/** What an identity should have in one application, as last said. */
export type DesiredAccessView = DesiredAccessMessage & { readonly sequence: number; readonly since: string };

interface Row {
  readonly version: number;
  readonly message: PublicMessage<DesiredAccessMessage>;
}

/** All of it in one page: an identity has few applications. */
export class GetAccess extends Query<Page<DesiredAccessView>> {
  constructor(readonly identityId: string) {
    super();
  }
}

export class ExplainAccess extends Query<Explanation> {
  constructor(
    readonly identityId: string,
    readonly application: string,
  ) {
    super();
  }
}

@QueryHandler(GetAccess)
export class GetAccessHandler implements IQueryHandler<GetAccess> {
  constructor(private readonly db: Database) {}

  async execute({ identityId }: GetAccess): Promise<Page<DesiredAccessView>> {
    const rows = await this.db.query<{ version: number | null; message: Row['message'] }>(
      `select d.version, d.message from identity i left join desired_access d on d.identity_id = i.id
       where i.id = $1::uuid order by d.application`,
      [identityId],
    );
    if (rows.length === 0) throw new NotFound('identity', identityId);
    return {
      items: rows.flatMap(({ version, message }) =>
        version === null ? [] : [{ ...message.body, sequence: version, since: message.time }],
      ),
      nextCursor: null,
    };
  }
}

@QueryHandler(ExplainAccess)
export class ExplainAccessHandler implements IQueryHandler<ExplainAccess> {
  constructor(
    private readonly db: Database,
    private readonly store: EventStore,
  ) {}

  async execute({ identityId, application }: ExplainAccess): Promise<Explanation> {
    const [row] = await this.db.query<Row & { access: Access | null }>(
      `select d.version, d.message, a.state as access from desired_access d
       left join access a on a.identity_id = d.identity_id where d.identity_id = $1::uuid and d.application = $2`,
      [identityId, application],
    );
    if (row === undefined) throw new NotFound('desired access of this identity in application', application);
    const causes = (row.access?.assignments ?? []).flatMap(({ cause, packageId }) => [
      cause.type === 'request' ? `request-${cause.request}` : `birthright-rule-${cause.rule}`,
      `access-package-${packageId}`,
    ]);
    const own = [`identity-${identityId}`, `access-${identityId}`, `desired-${identityId}.${application}`];
    const streams = await this.store.load([...own, ...causes]);
    const typeOf = (fact: RecordedFact): string => publishedGovernance(fact)[0]?.type ?? fact.type;
    return explain(row.message.body, row.version, [...streams.values()].flat(), typeOf);
  }
}
