import { hasShape } from '#libs/event-store/core.js';
import {
  type AccessPackage,
  type Application,
  type CatalogEntry,
  type CatalogSnapshot,
  type SeparationRule,
  stagesOf,
} from '../policy/policy.exports.js';

/** Something that a person answers for: what the catalog names them in, and the contractors whom they sponsor. */
export interface Responsibility {
  readonly kind: 'application' | 'access-package' | 'separation-rule' | 'identity';
  readonly id: string;
  readonly as: 'owner' | 'approver' | 'sponsor';
}

const isResponsibility = hasShape<Responsibility>({
  kind: ['application', 'access-package', 'separation-rule', 'identity'],
  id: 'text',
  as: ['owner', 'approver', 'sponsor'],
});

/** A list of responsibilities, as a row holds it. */
export const areResponsibilities = (value: unknown): boolean => Array.isArray(value) && value.every(isResponsibility);

/** A document of the catalog with another person in the place of one. */
export type Transferred =
  | { readonly kind: 'application'; readonly id: string; readonly document: Application }
  | { readonly kind: 'access-package'; readonly id: string; readonly document: AccessPackage }
  | { readonly kind: 'separation-rule'; readonly id: string; readonly document: SeparationRule };

/** Everything that a person owns or approves, by kind and id. */
export function responsibilitiesOf(identityId: string, catalog: CatalogSnapshot): Responsibility[] {
  return catalog.documents
    .flatMap((entry) => namedIn(entry, identityId))
    .sort((one, other) => (`${one.kind} ${one.id} ${one.as}` < `${other.kind} ${other.id} ${other.as}` ? -1 : 1));
}

/** The documents that name a person, with the successor in their place, once. */
export function transferred(from: string, to: string, catalog: CatalogSnapshot): Transferred[] {
  return catalog.documents.flatMap((entry) => transferredIn(entry, from, to));
}

/** The first of these rules that names somebody who is here; null if none does. */
export function successorOf(
  rules: readonly string[],
  people: { readonly manager: string | null; readonly deputies: readonly string[] },
  isHere: (identityId: string) => boolean,
): string | null {
  const named = rules.flatMap((rule) => {
    if (rule === 'manager') return people.manager === null ? [] : [people.manager];
    return rule === 'deputy' ? people.deputies : [rule.slice('user:'.length)];
  });
  return named.find(isHere) ?? null;
}

function namedIn({ kind, id, document }: CatalogEntry, identityId: string): Responsibility[] {
  // The kind tells which document it is.
  if (kind === 'birthright-rule' || kind === 'mover-rule' || kind === 'name-rule' || kind === 'workflow') return [];
  const owned: Responsibility[] = (document as Application | AccessPackage | SeparationRule).owners.includes(identityId)
    ? [{ kind, id, as: 'owner' }]
    : [];
  return kind === 'access-package' && isApprover(document as AccessPackage, identityId)
    ? [...owned, { kind, id, as: 'approver' }]
    : owned;
}

const isApprover = ({ approval }: AccessPackage, identityId: string): boolean =>
  stagesOf(approval).some(({ approvers, escalateTo = [] }) =>
    [...approvers, ...escalateTo].includes(`user:${identityId}`),
  );

function transferredIn({ kind, id, document }: CatalogEntry, from: string, to: string): Transferred[] {
  // The kind tells which document it is.
  if (kind === 'application') {
    const { owners } = document as Application;
    return owners.includes(from)
      ? [{ kind, id, document: { ...(document as Application), owners: replaced(owners, from, to) } }]
      : [];
  }
  if (kind === 'separation-rule') {
    const { owners } = document as SeparationRule;
    return owners.includes(from)
      ? [{ kind, id, document: { ...(document as SeparationRule), owners: replaced(owners, from, to) } }]
      : [];
  }
  return kind === 'access-package' ? packageTransferred(id, document as AccessPackage, from, to) : [];
}

function packageTransferred(id: string, document: AccessPackage, from: string, to: string): Transferred[] {
  const isOwner = document.owners.includes(from);
  const isNamed = isApprover(document, from);
  if (!isOwner && !isNamed) return [];
  const { approval } = document;
  const owned = { ...document, owners: replaced(document.owners, from, to) };
  if (approval === null || approval === 'none' || !isNamed) return [{ kind: 'access-package', id, document: owned }];
  const [old, now] = [`user:${from}`, `user:${to}`];
  const stages = approval.stages.map((stage) => ({
    ...stage,
    approvers: replaced(stage.approvers, old, now),
    escalateTo: replaced(stage.escalateTo ?? [], old, now),
  }));
  return [{ kind: 'access-package', id, document: { ...owned, approval: { ...approval, stages } } }];
}

const replaced = (values: readonly string[], from: string, to: string): string[] => [
  ...new Set(values.map((one) => (one === from ? to : one))),
];
