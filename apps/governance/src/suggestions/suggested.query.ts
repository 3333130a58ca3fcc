import { Injectable } from '@nestjs/common';
import { entitlementKey } from '#libs/contracts/entitlement.js';
import { uuidv5 } from '#libs/event-store/ids.js';
import { NotFound } from '#libs/problems/problem.js';
import { AccessLosses, CurrentCatalog, type ForeseenChange } from '../people/people.exports.js';
import type { CatalogSnapshot } from '../policy/policy.exports.js';
import { documentsOf, foundPackagesOfKeys, type ProposedDocuments } from './proposed-documents.js';
import { SuggestionCells } from './suggestion-cells.query.js';
import { filterOf, suggest } from './suggest.js';
import type { Suggestion } from './suggestion.js';

/** A suggestion for one application. */
export interface Suggested {
  /** The same as long as it proposes the same. */
  readonly id: string;
  readonly application: string;
  readonly suggestion: Suggestion;
}

/** What taking it up would do. */
export interface Foreseen {
  readonly documents: ProposedDocuments;
  /** Who would get what they do not have. Null: nobody, because only who holds all of it gets the package. */
  readonly change: ForeseenChange | null;
}

/** Computes suggestions from what people hold now. Nothing of them is stored. */
@Injectable()
export class SuggestedAccess {
  constructor(
    private readonly catalog: CurrentCatalog,
    private readonly cells: SuggestionCells,
    private readonly losses: AccessLosses,
  ) {}

  /** @throws NotFound */
  async all(application: string): Promise<{ readonly catalog: CatalogSnapshot; readonly suggested: Suggested[] }> {
    const catalog = await this.catalog.current();
    const known = catalog.documentOf('application', application);
    if (known === undefined) throw new NotFound('application', application);
    const privileged = known.document.entitlements.filter((one) => one.privileged).map(entitlementKey);
    const suggestions = suggest(await this.cells.of(application, catalog), new Set(privileged));
    return {
      catalog,
      suggested: suggestions.map((suggestion) => ({ id: idOf(application, suggestion), application, suggestion })),
    };
  }

  /** @throws NotFound also for one that what people hold now does not suggest any more */
  async one(
    application: string,
    id: string,
  ): Promise<{ readonly catalog: CatalogSnapshot; readonly suggested: Suggested }> {
    const { catalog, suggested } = await this.all(application);
    const found = suggested.find((one) => one.id === id);
    if (found === undefined) throw new NotFound('suggestion', id);
    return { catalog, suggested: found };
  }

  async foresee(suggested: Suggested, catalog: CatalogSnapshot): Promise<Foreseen> {
    const documents = documentsOf(suggested, catalog);
    const { packageId, accessPackage, rule } = documents;
    if (rule === null) return { documents, change: null };
    const after = catalog.with(
      ...(accessPackage === null ? [] : [{ kind: 'access-package' as const, id: packageId, document: accessPackage }]),
      { kind: 'birthright-rule', id: rule.id, document: rule.document },
    );
    const affected = { who: 'selected', filter: rule.document.filter } as const;
    return { documents, change: await this.losses.foresee(catalog, after, affected) };
  }

  /** Whose found access it takes the place of. */
  async holders({ application, suggestion }: Suggested): Promise<string[]> {
    const { kind, conditions, entitlements } = suggestion;
    const packages = foundPackagesOfKeys(application, entitlements);
    return await this.cells.holding(filterOf(conditions), packages, kind === 'access-package' ? packages.length : 1);
  }
}

const idOf = (application: string, { kind, conditions, entitlements }: Suggestion): string =>
  uuidv5(JSON.stringify([application, kind, filterOf(conditions), entitlements]));
