import type { Approval, Grant } from '#libs/contracts/catalog.js';

/** A system people have access to, served by one connector. */
export interface Application {
  readonly displayName: string;
  readonly connectorId: string;
  /** Identity ids. */
  readonly owners: readonly string[];
}

/** What may be granted today: an application's account, or membership in one of its groups. */
export type ServedGrant = Exclude<Grant, { readonly role: string }>;

export interface AccessPackage {
  readonly displayName: string;
  readonly description: string | null;
  readonly status: 'draft' | 'published';
  readonly grants: readonly ServedGrant[];
  /** SCIM filter over identities; null: everybody is eligible. */
  readonly eligibility: string | null;
  /** Whom one may ask for; null: nobody may ask. `team` is oneself and those one manages. */
  readonly requestFor: 'self' | 'team' | 'anyone' | null;
  readonly requireJustification: boolean;
  /** `none` approves at once; null where nobody may ask. */
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
