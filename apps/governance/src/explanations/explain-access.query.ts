import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import type { DesiredAccessMessage } from '#libs/contracts/desired-access.js';
import { Database } from '#libs/event-store/database.js';
import type { Page } from '#libs/service-kit/input/page.js';
import { Clock } from '#libs/system/clock.js';
import { NotFound } from '#libs/problems/problem.js';
import type { EndedAssignment, RemovalItem } from '../assignments/assignments.exports.js';
import { Catalog } from '../catalog/catalog.exports.js';
import type { KnownIdentity } from '../identities/identities.exports.js';
import { ExplainedRows, explainedColumns, type StoredRow } from './explained-rows.query.js';
import { namedPerson, type NamedPerson, Names } from '../names/names.exports.js';
import { ExplainedFacts } from './explained-facts.process.js';
import { namedExplanation, peopleIn, type NamedExplanation } from './named-explanation.js';
import type { Explained } from './explanation.js';
import { whyNoAccess, type NoAccess } from './no-access.js';
import { PastAccess, type KnownAccess } from './past-access.process.js';

/** What an identity should have in one application, by the newest message. */
export type DesiredAccessView = DesiredAccessMessage & {
  readonly person: NamedPerson;
  /** Null where the catalog has no such application any more. */
  readonly applicationName: string | null;
  readonly sequence: number;
  readonly since: string;
  /** What ended assignments gave there and is not known to be gone. */
  readonly shouldHaveEnded: readonly RemovalItem[];
};

/** All of it in one page: an identity has few applications. */
export class GetAccess extends Query<Page<DesiredAccessView>> {
  constructor(readonly identityId: string) {
    super();
  }
}

export class ExplainAccess extends Query<NamedExplanation> {
  constructor(
    readonly identityId: string,
    readonly application: string,
    /** An instant of the past; null: now. */
    readonly at: string | null,
  ) {
    super();
  }
}

@QueryHandler(GetAccess)
export class GetAccessHandler implements IQueryHandler<GetAccess> {
  constructor(
    private readonly db: Database,
    private readonly catalog: Catalog,
    private readonly rows: ExplainedRows,
  ) {}

  async execute({ identityId }: GetAccess): Promise<Page<DesiredAccessView>> {
    const rows = await this.rows.current(
      await this.db.query<StoredRow>(
        `select ${explainedColumns} from identity i
       left join desired_access d on d.identity_id = i.id left join access a on a.identity_id = i.id
       where i.id = $1::uuid order by d.application`,
        [identityId],
      ),
    );
    if (rows.length === 0) throw new NotFound('identity', identityId);
    const catalog = await this.catalog.current();
    return {
      items: rows.flatMap(({ state, version, message, access }) => {
        if (version === null || message === null) return [];
        const shouldHaveEnded = itemsNotRemoved(access.ended, message.body.application);
        const applicationName = catalog.titleOf('application', message.body.application).displayName;
        const person = namedPerson(identityId, state);
        const { time: since } = message;
        return [{ ...message.body, person, applicationName, sequence: version, since, shouldHaveEnded }];
      }),
      nextCursor: null,
    };
  }
}

@QueryHandler(ExplainAccess)
export class ExplainAccessHandler implements IQueryHandler<ExplainAccess> {
  constructor(
    private readonly db: Database,
    private readonly facts: ExplainedFacts,
    private readonly catalog: Catalog,
    private readonly names: Names,
    private readonly rows: ExplainedRows,
    private readonly past: PastAccess,
    private readonly clock: Clock,
  ) {}

  async execute({ identityId, application, at }: ExplainAccess): Promise<NamedExplanation> {
    const known = await (at === null ? this.today(identityId, application) : this.past.of(identityId, application, at));
    if (known === null) throw new NotFound('identity', identityId);
    const { state, access, sequence, catalog } = known;
    if (known.message === null && !catalog.applications.has(application))
      throw new NotFound('application', application);
    const message = known.message ?? nothingSaid(identityId, state, application);
    const why = message.entitlements.length > 0 ? null : whyNot(application, known, at ?? this.clock.now());
    const explanation = await this.facts.explanationOf({ message, sequence, ended: access.ended, noAccess: why }, at);
    const person = await this.names.of([identityId, ...peopleIn(explanation)]);
    return namedExplanation(explanation, person, catalog);
  }

  private async today(identityId: string, application: string): Promise<KnownAccess | null> {
    const [stored, catalog] = await Promise.all([
      this.db.query<StoredRow>(
        `select ${explainedColumns} from identity i
         left join desired_access d on d.identity_id = i.id and d.application = $2
         left join access a on a.identity_id = i.id where i.id = $1::uuid`,
        [identityId, application],
      ),
      this.catalog.current(),
    ]);
    const [row] = await this.rows.current(stored);
    if (row === undefined) return null;
    const { state, message, version, access } = row;
    return { state, message: message?.body ?? null, sequence: version ?? 0, access, catalog };
  }
}

const unknown = { condition: 'the person is known', attribute: null, saw: null };

function whyNot(application: string, { state, access, catalog }: KnownAccess, at: string): NoAccess {
  if (state !== null) return whyNoAccess(application, state, access, catalog, at);
  return { ...unknown, detail: 'HR had not stated an employment of this person', packages: [] };
}

/** The answer about a person who never had access in an application. */
function nothingSaid(identityId: string, state: KnownIdentity | null, application: string): Explained['message'] {
  const status = state?.status ?? 'absent';
  const said = status === 'inactive' ? 'leaver' : status;
  return { identity: identityId, application, status: said, accounts: [], entitlements: [] };
}

function itemsNotRemoved(ended: readonly EndedAssignment[], application: string): RemovalItem[] {
  return ended
    .flatMap(({ removals }) => removals)
    .filter((removal) => removal.application === application)
    .flatMap(({ items }) => items.filter(({ removal }) => removal !== 'done'));
}
