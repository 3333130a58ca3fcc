import type { Work } from '#libs/event-store/work.js';
import type { CatalogSnapshot } from './catalog-snapshot.js';

/** The catalog that decisions about people are made under. The feature `catalog` keeps it. */
export abstract class CurrentCatalog {
  abstract current(): Promise<CatalogSnapshot>;

  /** The work fails with a conflict if the catalog was changed. A change of the catalog waits for the work. */
  abstract guard(work: Work, snapshot: CatalogSnapshot): void;
}
