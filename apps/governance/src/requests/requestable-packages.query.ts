import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import type { Caller } from '#libs/auth/caller.js';
import { Database } from '#libs/event-store/database.js';
import { decodeCursor, pageOf, type Page } from '#libs/service-kit/input/page.js';
import { InvalidInput } from '#libs/problems/problem.js';
import { People, type Person, type PersonBatch } from '../people/people.exports.js';
import { namedPerson, type NamedPerson } from '../names/names.exports.js';
import type { AccessPackage, CatalogSnapshot, Versioned } from '../policy/policy.exports.js';
import { CallerWithoutIdentity, refusalText, type RefusalCode } from './access-request.errors.js';
import { aboutApprovers, askingOf, refusalOf, stagesOf, statusOf } from './admission.js';
import { approversOf, namedBy } from './approvers.js';

/** The result of a request for a package, if the caller made it now. */
export interface RequestablePackage {
  readonly id: string;
  readonly displayName: string;
  readonly description: string | null;
  readonly applications: readonly { readonly id: string; readonly displayName: string | null }[];
  readonly requireJustification: boolean;
  readonly requestable: boolean;
  /** Code of the refusal a request would meet; null when it may be made. */
  readonly code: RefusalCode | null;
  /** The same in words. */
  readonly reason: string | null;
  /** The approvers; empty if no approval is needed, or the request may not be made. */
  readonly approvers: readonly NamedPerson[];
}

export class ListRequestablePackages extends Query<Page<RequestablePackage>> {
  constructor(
    readonly part: { readonly limit: number; readonly cursor: string | undefined },
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
  ) {}

  async execute({ part, beneficiaryId, caller }: ListRequestablePackages): Promise<Page<RequestablePackage>> {
    const requesterId = caller.identity;
    if (requesterId === null) throw new CallerWithoutIdentity('only a caller with an identity can request access', {});
    const [after = ''] = decodeCursor(part.cursor, ['text']) ?? [];
    const terms = { requesterId, beneficiaryId: beneficiaryId ?? requesterId };
    const { catalog, batch } = await this.people.today({ ids: [terms.beneficiaryId] });
    const beneficiary = batch.get(terms.beneficiaryId);
    if (beneficiary.identity.state.status === 'absent')
      throw new InvalidInput([
        { pointer: '/beneficiaryId', detail: 'names no known identity: give the id of an identity' },
      ]);
    const shown = catalog.publishedPackages().filter(({ id }) => id > after);
    const rows = shown.slice(0, part.limit + 1);
    const [open, deciding] = await Promise.all([
      this.openFor(terms.beneficiaryId),
      this.people.today({ ids: rows.flatMap((row) => namedFor(row, terms, beneficiary, catalog)) }),
    ]);
    const around = { terms, beneficiary, catalog, open, deciding: deciding.batch };
    return pageOf(
      rows,
      part.limit,
      ({ id }) => [id],
      (row) => viewOf(row, around),
    );
  }

  private async openFor(beneficiaryId: string): Promise<ReadonlySet<string>> {
    const rows = await this.db.query<{ package_id: string }>(
      `select package_id from request where beneficiary_id = $1::uuid and status = 'pending'`,
      [beneficiaryId],
    );
    return new Set(rows.map(({ package_id }) => package_id));
  }
}

interface Asker {
  readonly requesterId: string;
  readonly beneficiaryId: string;
}

function namedFor(
  { id, document }: Versioned<AccessPackage>,
  asker: Asker,
  beneficiary: Person,
  catalog: CatalogSnapshot,
): string[] {
  const [stage] = stagesOf(document.approval);
  if (stage === undefined) return [];
  return [...namedBy(stage, aboutApprovers(asker, catalog.applicationsOf(id), beneficiary, catalog))];
}

function viewOf(
  { id, document }: Versioned<AccessPackage>,
  around: {
    readonly terms: Asker;
    readonly beneficiary: Person;
    readonly catalog: CatalogSnapshot;
    readonly open: ReadonlySet<string>;
    readonly deciding: PersonBatch;
  },
): RequestablePackage {
  const { terms, beneficiary, catalog, open, deciding } = around;
  const [stage] = stagesOf(document.approval);
  const about = aboutApprovers(terms, catalog.applicationsOf(id), beneficiary, catalog);
  const { able, missing } =
    stage === undefined
      ? { able: [], missing: [] }
      : approversOf(stage, about, (approver) => statusOf(deciding.get(approver)));
  const asking = askingOf(
    { ...terms, packageId: id },
    beneficiary,
    { open: open.has(id), undecidable: missing },
    catalog,
  );
  const code = refusalOf(asking, document);
  return {
    id,
    displayName: document.displayName,
    description: document.description,
    applications: catalog.applicationsOf(id).map((application) => ({
      id: application,
      displayName: catalog.applications.get(application)?.document.displayName ?? null,
    })),
    requireJustification: document.requireJustification,
    requestable: code === null,
    code,
    reason: code === null ? null : refusalText(code, missing),
    approvers: code === null ? able.map((one) => namedPerson(one, deciding.get(one).identity.state)) : [],
  };
}
