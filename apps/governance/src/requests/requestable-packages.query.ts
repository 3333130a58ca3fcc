import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import type { Caller } from '#libs/auth/caller.js';
import { Database } from '#libs/event-store/database.js';
import { type ListPart, decodeCursor, pageOf, type Page } from '#libs/service-kit/input/page.js';
import { InvalidInput } from '#libs/problems/problem.js';
import { isKnownTo } from '../identities/identities.exports.js';
import { People, type Person } from '../people/people.exports.js';
import { Clock } from '#libs/system/clock.js';
import { Names, type NamedPerson } from '../names/names.exports.js';
import { stagesOf, type AccessPackage, type CatalogSnapshot, type Versioned } from '../policy/policy.exports.js';
import { CallerWithoutIdentity, refusalText, type RefusalCode } from './access-request.errors.js';
import { aboutApprovers, askingOf, openingsOf, refusalsOf, whyNot } from './admission.js';
import { requestedPackages } from './open-requests.query.js';
import { LoadDeciders, type Deciders } from './deciders.query.js';

/** The result of a request for a package, if the caller made it now. */
export interface RequestablePackage {
  readonly id: string;
  readonly displayName: string;
  readonly description: string | null;
  readonly applications: readonly { readonly id: string; readonly displayName: string | null }[];
  readonly requireJustification: boolean;
  /** How long the access may last; null: without an end. */
  readonly maxDuration: string | null;
  readonly requestable: boolean;
  /** The code with which a request would be refused; null when it may be made. */
  readonly code: RefusalCode | null;
  /** The same in words. */
  readonly reason: string | null;
  /** Every reason at once, that one first; none when it may be requested. */
  readonly reasons: readonly { readonly code: RefusalCode; readonly reason: string }[];
  /** The approvers; empty if no approval is needed, or the request may not be made. */
  readonly approvers: readonly NamedPerson[];
}

export class ListRequestablePackages extends Query<Page<RequestablePackage>> {
  constructor(
    readonly part: Omit<ListPart, 'filter'>,
    /** The caller, unless given. */
    readonly beneficiaryId: string | null,
    readonly caller: Caller,
  ) {
    super();
  }
}

/** Every published package, in order of their ids, each decided as a request would be. */
@QueryHandler(ListRequestablePackages)
export class ListRequestablePackagesHandler implements IQueryHandler<ListRequestablePackages> {
  constructor(
    private readonly db: Database,
    private readonly people: People,
    private readonly deciders: LoadDeciders,
    private readonly names: Names,
    private readonly clock: Clock,
  ) {}

  async execute({ part, beneficiaryId, caller }: ListRequestablePackages): Promise<Page<RequestablePackage>> {
    const requesterId = caller.identity;
    if (requesterId === null) throw new CallerWithoutIdentity('only a caller with an identity can request access', {});
    const [after = ''] = decodeCursor(part.cursor, ['text']) ?? [];
    const terms = { requesterId, beneficiaryId: beneficiaryId ?? requesterId };
    const { catalog, batch } = await this.people.today({ ids: [terms.beneficiaryId] });
    const beneficiary = batch.get(terms.beneficiaryId);
    if (!isKnownTo(caller, beneficiary.identity.state))
      throw new InvalidInput([
        { pointer: '/beneficiaryId', detail: 'names no known identity: give the id of an identity' },
      ]);
    const shown = catalog.publishedPackages().filter(({ id }) => id > after);
    const at = this.clock.now();
    const rows = shown.slice(0, part.limit + 1);
    const [open, deciding] = await Promise.all([
      requestedPackages(this.db, terms.beneficiaryId),
      this.deciders.for(
        rows.map(({ id, document }) => ({
          beneficiary,
          stages: stagesOf(document.approval),
          applications: catalog.applicationsOf(id),
          others: [],
        })),
        catalog,
        at,
      ),
    ]);
    const around = { terms, beneficiary, catalog, open, people: deciding, at };
    const checked = rows.map((row) => ({ row, ...check(row, around) }));
    const person = await this.names.of(checked.flatMap(({ reasons, able }) => (reasons.length === 0 ? able : [])));
    return pageOf(
      checked,
      part.limit,
      ({ row }) => [row.id],
      (one) => viewOf(one, catalog, person),
    );
  }
}

interface Asker {
  readonly requesterId: string;
  readonly beneficiaryId: string;
}

interface Around {
  readonly terms: Asker;
  readonly beneficiary: Person;
  readonly catalog: CatalogSnapshot;
  readonly open: ReadonlySet<string>;
  readonly people: Deciders;
  readonly at: string;
}

interface Checked {
  readonly row: Versioned<AccessPackage>;
  readonly reasons: RequestablePackage['reasons'];
  /** Who would decide first. */
  readonly able: readonly string[];
}

function check({ id, document }: Versioned<AccessPackage>, around: Around): Omit<Checked, 'row'> {
  const { terms, beneficiary, catalog, open } = around;
  const asked = { ...terms, packageId: id };
  const about = aboutApprovers(asked, catalog.applicationsOf(id), beneficiary, around);
  const { first, missing } = openingsOf(document.approval, about);
  const beside = { requested: open, undecidable: missing, extended: null, at: around.at };
  const asking = askingOf(asked, beneficiary, beside, catalog);
  const reasons = refusalsOf(asking, document).map((code) => ({
    code,
    reason: refusalText(code, whyNot(code, asking)),
  }));
  return { reasons, able: first?.able ?? [] };
}

function viewOf(
  { row: { id, document }, reasons, able }: Checked,
  catalog: CatalogSnapshot,
  person: (id: string) => NamedPerson,
): RequestablePackage {
  const [first] = reasons;
  return {
    id,
    displayName: document.displayName,
    description: document.description,
    applications: catalog.applicationsOf(id).map((application) => ({
      id: application,
      displayName: catalog.applications.get(application)?.document.displayName ?? null,
    })),
    requireJustification: document.requireJustification,
    maxDuration: document.maxDuration,
    requestable: first === undefined,
    code: first?.code ?? null,
    reason: first?.reason ?? null,
    reasons,
    approvers: first === undefined ? able.map(person) : [],
  };
}
