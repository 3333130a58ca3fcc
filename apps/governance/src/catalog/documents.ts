import type { Approval, Grant } from '#libs/contracts/catalog.js';

/** A system in which people have access, served by one connector. */
export interface Application {
  readonly displayName: string;
  readonly connectorId: string;
  /** Identity ids. */
  readonly owners: readonly string[];
}

export interface AccessPackage {
  readonly displayName: string;
  readonly description: string | null;
  readonly status: 'draft' | 'published';
  readonly grants: readonly Grant[];
  /** SCIM filter over identities; null: everybody is eligible. */
  readonly eligibility: string | null;
  /** For whom one may request it; null: nobody may. `team` means oneself and the people one manages. */
  readonly requestFor: 'self' | 'team' | 'anyone' | null;
  readonly requireJustification: boolean;
  /** `none` approves at once; null if nobody may request it. */
  readonly approval: Approval | null;
}

export interface BirthrightRule {
  readonly displayName: string;
  /** SCIM filter over identities. */
  readonly filter: string;
  readonly packages: readonly string[];
}

export interface CatalogDocuments {
  readonly application: Application;
  readonly 'access-package': AccessPackage;
  readonly 'birthright-rule': BirthrightRule;
}
export type CatalogKind = keyof CatalogDocuments;

/** Ids chosen by administrators. */
export const administratorsId = /^[a-z0-9][a-z0-9-]{0,62}$/;

/** How long a stage waits where its policy says nothing. */
export const defaultTimeout = 'P14D';
