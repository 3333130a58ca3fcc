import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import type { Page } from '#libs/service-kit/input/page.js';
import { titledIn } from '../catalog/catalog.exports.js';
import type { CatalogSnapshot } from '../policy/policy.exports.js';
import { grantsIn, type ProposedDocuments } from './proposed-documents.js';
import { filterOf } from './suggest.js';
import { type Suggested, SuggestedAccess } from './suggested.query.js';
import type { SuggestionPreview, SuggestionView } from './suggestion-views.js';

export class ListSuggestions extends Query<Page<SuggestionView>> {
  constructor(readonly application: string) {
    super();
  }
}

export class PreviewSuggestion extends Query<SuggestionPreview> {
  constructor(
    readonly application: string,
    readonly id: string,
  ) {
    super();
  }
}

@QueryHandler(ListSuggestions)
export class ListSuggestionsHandler implements IQueryHandler<ListSuggestions> {
  constructor(private readonly access: SuggestedAccess) {}

  /** All at once: there are few. @throws NotFound */
  async execute({ application }: ListSuggestions): Promise<Page<SuggestionView>> {
    const { catalog, suggested } = await this.access.all(application);
    return { items: suggested.map((one) => viewOf(one, catalog)), nextCursor: null };
  }
}

@QueryHandler(PreviewSuggestion)
export class PreviewSuggestionHandler implements IQueryHandler<PreviewSuggestion> {
  constructor(private readonly access: SuggestedAccess) {}

  /** @throws NotFound */
  async execute({ application, id }: PreviewSuggestion): Promise<SuggestionPreview> {
    const { catalog, suggested } = await this.access.one(application, id);
    const [{ documents, change }, holders] = await Promise.all([
      this.access.foresee(suggested, catalog),
      this.access.holders(suggested),
    ]);
    const gaining = change?.people.filter(({ gains }) => gains.length > 0) ?? [];
    return {
      ...viewOf(suggested, catalog),
      ...proposedIn(documents, catalog),
      replaces: holders.length,
      gains: change?.gains ?? 0,
      gaining: gaining.map(({ person, gains }) => ({ ...person, gains: titledIn(catalog, gains) })),
    };
  }
}

function proposedIn(
  { packageId, accessPackage, rule }: ProposedDocuments,
  catalog: CatalogSnapshot,
): Pick<SuggestionPreview, 'accessPackage' | 'birthrightRule'> {
  const { displayName } = accessPackage ?? catalog.titleOf('access-package', packageId);
  return {
    accessPackage: { id: packageId, displayName, exists: accessPackage === null },
    birthrightRule:
      rule === null ? null : { id: rule.id, displayName: rule.document.displayName, filter: rule.document.filter },
  };
}

function viewOf({ id, application, suggestion }: Suggested, catalog: CatalogSnapshot): SuggestionView {
  const { kind, conditions, people, holders, explains, precision, coverage } = suggestion;
  return {
    id,
    kind,
    application: catalog.titleOf('application', application),
    filter: kind === 'access-package' ? null : filterOf(conditions),
    entitlements: titledIn(catalog, grantsIn(application, suggestion)),
    people,
    holders,
    explains,
    precision,
    coverage,
  };
}
