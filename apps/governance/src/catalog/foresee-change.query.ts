import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { requireMatch } from '#libs/service-kit/input/etag.js';
import { Catalog } from './catalog.query.js';
import { refusePrivileged, refuseStatusAgain, refuseUnknown } from './document-rules.js';
import type { AccessPackage, CatalogDocuments } from '../policy/policy.exports.js';
import { KnownPeople } from './known-people.query.js';
import { PolicyBrake } from './policy-brake.process.js';
import type { DryRun } from './touches.js';

type RuledKind = 'access-package' | 'birthright-rule';

/** What a rule or package would give to whom, and take from whom, if it were defined so. It is refused where the definition would be refused. */
export class ForeseeChange<Kind extends RuledKind = RuledKind> extends Query<DryRun> {
  constructor(
    readonly kind: Kind,
    readonly definition: {
      readonly id: string;
      readonly document: CatalogDocuments[Kind];
      readonly ifMatch: string | undefined;
    },
  ) {
    super();
  }
}

@QueryHandler(ForeseeChange)
export class ForeseeChangeHandler implements IQueryHandler<ForeseeChange> {
  constructor(
    private readonly catalog: Catalog,
    private readonly known: KnownPeople,
    private readonly brake: PolicyBrake,
  ) {}

  async execute({ kind, definition: { id, document, ifMatch } }: ForeseeChange): Promise<DryRun> {
    const catalog = await this.catalog.current();
    refuseUnknown({ kind, id, document }, catalog);
    refusePrivileged({ kind, id, document }, catalog);
    if ('grants' in document) await this.known.refuseUnknown(document);
    const former = catalog.documentOf(kind, id);
    requireMatch(ifMatch, former?.version ?? 0);
    if ('grants' in document) refuseStatusAgain(id, document, (former?.document as AccessPackage | undefined) ?? null);
    return await this.brake.foresee({ kind, id, document }, former);
  }
}
