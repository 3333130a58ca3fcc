import { withDefaults, withoutDefaults, type Stored } from '#libs/event-store/core.js';
import type {
  Approval,
  ApprovalStage,
  DataClass,
  DescribedEntitlement,
  Grant,
  Priority,
  ProvisionedBy,
  ReviewPolicy,
} from '#libs/contracts/catalog.js';
import type { MoverRule } from './movers.js';
import type { NameRule } from './name-rules.js';
import type { Workflow } from './workflows.js';
import { defaultDueIn, type SeparationRule } from './separation.js';

/** A system in which people have access, served by one connector, or by none: then others give and take its access. */
export interface Application {
  readonly displayName: string;
  /** Null for an application that the hub does not provision. */
  readonly connectorId: string | null;
  readonly provisionedBy: ProvisionedBy;
  /** Identity ids, or `package:<id>` for the holders of a package. */
  readonly owners: readonly string[];
  readonly region: string | null;
  readonly dataClass: DataClass | null;
  readonly priority: Priority;
  /** What is known of what it grants; there may be more. */
  readonly entitlements: readonly DescribedEntitlement[];
}

/**
 * A draft gives nothing. A deprecated package gives what it gave, and takes no new requests. A retired one gives nothing any
 * more, for good.
 */
export type PackageStatus = 'draft' | 'published' | 'deprecated' | 'retired';

export interface AccessPackage {
  readonly displayName: string;
  readonly description: string | null;
  readonly status: PackageStatus;
  /** Identity ids, or `package:<id>` for its holders. Empty: the owners of what it grants in. */
  readonly owners: readonly string[];
  /** Packages whose grants are part of it. */
  readonly includes: readonly string[];
  /** ISO 8601 duration for which who is eligible may activate it at once; null: nobody may. */
  readonly justInTime: string | null;
  /** ISO 8601 duration for which who is eligible may take it at once in an emergency, to be reviewed after; null: nobody may. */
  readonly breakGlass: string | null;
  readonly grants: readonly Grant[];
  /** SCIM filter over identities; null: everybody is eligible. */
  readonly eligibility: string | null;
  /**
   * What happens when its holder is not eligible any more: it ends, after its grace; the holder's manager decides again; or
   * it stays.
   */
  readonly eligibilityLost: 'end' | 'approve-again' | 'keep';
  /** Days for which it goes on after eligibility is lost, or in which the manager answers. */
  readonly graceDays: number;
  /** For whom one may request it; null: nobody may. `team` means oneself and the people one manages. */
  readonly requestFor: 'self' | 'team' | 'anyone' | null;
  readonly requireJustification: boolean;
  /** `none` approves at once; null if nobody may request it. */
  readonly approval: Approval | null;
  /** ISO 8601 duration that a request may last at most; null: without an end. */
  readonly maxDuration: string | null;
  /** May a holder ask for a later end? */
  readonly extendable: boolean;
  /** Does it give nothing while its holder is on leave? */
  readonly suspendOnLeave: boolean;
  /** Packages that are incompatible with this one. One of the two documents says so; the other may be defined later. */
  readonly incompatibleWith: readonly string[];
  /** How its holders are reviewed; null: as each review says. */
  readonly review: ReviewPolicy | null;
  /** Of a retired package: the one to which its holders move; null: they end. */
  readonly successor: string | null;
}

export interface BirthrightRule {
  readonly displayName: string;
  /** SCIM filter over identities. */
  readonly filter: string;
  readonly packages: readonly string[];
  /** Why it may give what is privileged; null: it may not. */
  readonly privilegedException: string | null;
  /** From when on it gives nothing privileged any more; null: no end was given, or it gives nothing privileged. */
  readonly privilegedExceptionUntil: string | null;
  /** Days for which who no longer matches keeps what the rule gave. */
  readonly graceDays: number;
}

export interface CatalogDocuments {
  readonly application: Application;
  readonly 'access-package': AccessPackage;
  readonly 'birthright-rule': BirthrightRule;
  readonly 'separation-rule': SeparationRule;
  readonly 'mover-rule': MoverRule;
  readonly 'name-rule': NameRule;
  readonly workflow: Workflow;
}
export type CatalogKind = keyof CatalogDocuments;

/** Does it give its grants to who holds it? */
export const isLive = ({ status }: Pick<AccessPackage, 'status'>): boolean =>
  status === 'published' || status === 'deprecated';

/** Does it give its grants to those who held it already? A retired one does until its successor is delivered to them. */
export const isGiven = (document: Pick<AccessPackage, 'status' | 'successor'>): boolean =>
  isLive(document) || (document.status === 'retired' && document.successor !== null);

/** Ids chosen by administrators. */
export const administratorsId = /^[a-z0-9][a-z0-9-]{0,62}$/;

/** The timeout of a stage that states none. */
export const defaultTimeout = 'P14D';

/** Every kind of document. */
export const catalogKinds: readonly CatalogKind[] = [
  'application',
  'access-package',
  'birthright-rule',
  'separation-rule',
  'mover-rule',
  'name-rule',
  'workflow',
];

/** The defaults of each kind of document. A fact does not contain them: they are filled in on reading. */
const defaults: Readonly<Record<CatalogKind, object>> = {
  application: {
    connectorId: null,
    provisionedBy: 'hub',
    owners: [],
    region: null,
    dataClass: null,
    priority: 'normal',
    entitlements: [],
  },
  'access-package': {
    description: null,
    status: 'published',
    owners: [],
    includes: [],
    justInTime: null,
    breakGlass: null,
    eligibility: null,
    eligibilityLost: 'keep',
    graceDays: 0,
    requestFor: null,
    requireJustification: true,
    approval: null,
    maxDuration: null,
    extendable: false,
    suspendOnLeave: false,
    incompatibleWith: [],
    review: null,
    successor: null,
  },
  'birthright-rule': { privilegedException: null, privilegedExceptionUntil: null, graceDays: 0 },
  'separation-rule': { right: [], mode: 'prevent', compensatingControls: [], owners: [], dueIn: defaultDueIn },
  'mover-rule': { filter: null, days: 14, renames: [] },
  'name-rule': { filter: null },
  workflow: { filter: null, enabled: true },
};

const approvalDefaults = { distinctApprovers: true } as const;
const stageDefaults = { quorum: 1, timeout: defaultTimeout, onTimeout: 'deny', escalateTo: [] } as const;

/** The stages of an approval, in their order; none where no approval is needed. */
export const stagesOf = (approval: AccessPackage['approval']): readonly ApprovalStage[] =>
  approval === 'none' || approval === null ? [] : approval.stages;

const uuidForm = '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}';

/** How a policy names who approves. */
export const approverForm = new RegExp(
  `^(manager|managers-manager|application-owner|user:${uuidForm}|package:[a-z0-9][a-z0-9-]{0,62})$`,
);

/** How a policy names who reviews: as approvers, and the owners of the package. */
export const reviewerForm = new RegExp(`^owner$|${approverForm.source}`);

/** An approver or reviewer in its canonical form. */
export const canonicalApprover = (approver: string): string =>
  approver.startsWith('user:') ? approver.toLowerCase() : approver;

/** A document of the catalog as facts and rows keep it, with every default filled in. */
export function filledDocument<Kind extends CatalogKind>(
  kind: Kind,
  stored: Stored<CatalogDocuments[Kind]>,
): CatalogDocuments[Kind] {
  const filled = withDefaults(stored, defaults[kind]);
  return withApproval(filled, withDefaults) as CatalogDocuments[Kind];
}

/** What a fact keeps of a document. */
export function storedDocument<Kind extends CatalogKind>(
  kind: Kind,
  document: CatalogDocuments[Kind],
): Stored<CatalogDocuments[Kind]> {
  const stored = withoutDefaults(document, defaults[kind]);
  return withApproval(stored, withoutDefaults);
}

/** @param change what it does with the approval and each of its stages, given their defaults */
function withApproval(document: object, change: (part: object, defaults: object) => object): object {
  const { approval } = document as { readonly approval?: unknown };
  if (typeof approval !== 'object' || approval === null || !('stages' in approval)) return document;
  const { stages } = approval;
  if (!Array.isArray(stages)) return document;
  const changed = stages.map((stage: object) => change(stage, stageDefaults));
  return { ...document, approval: { ...change(approval, approvalDefaults), stages: changed } };
}

/** A document of the catalog at its newest version. */
export interface Versioned<Document> {
  readonly id: string;
  readonly version: number;
  readonly document: Document;
}
