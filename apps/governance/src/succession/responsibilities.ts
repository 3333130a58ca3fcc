import type {
  AccessPackage,
  Application,
  CatalogEntry,
  CatalogSnapshot,
  SeparationRule,
} from '../policy/policy.exports.js';

/** Something of the catalog that names a person. */
export interface Responsibility {
  readonly kind: 'application' | 'access-package' | 'separation-rule';
  readonly id: string;
  readonly as: 'owner' | 'approver';
}

/** A document of the catalog with another person in the place of one. */
export type Transferred =
  | { readonly kind: 'application'; readonly id: string; readonly document: Application }
  | { readonly kind: 'access-package'; readonly id: string; readonly document: AccessPackage }
  | { readonly kind: 'separation-rule'; readonly id: string; readonly document: SeparationRule };

/** Everything that a person owns or approves, by kind and id. */
export function responsibilitiesOf(identityId: string, catalog: CatalogSnapshot): Responsibility[] {
  return catalog.documents
    .flatMap((entry) => transferredIn(entry, identityId, identityId))
    .map(({ kind, id }): Responsibility => ({ kind, id, as: kind === 'access-package' ? 'approver' : 'owner' }))
    .sort((one, other) => (`${one.kind} ${one.id}` < `${other.kind} ${other.id}` ? -1 : 1));
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
  const { approval } = document;
  if (approval === null || approval === 'none') return [];
  const [old, now] = [`user:${from}`, `user:${to}`];
  const isNamed = approval.stages.some(({ approvers, escalateTo = [] }) => [...approvers, ...escalateTo].includes(old));
  if (!isNamed) return [];
  const stages = approval.stages.map((stage) => ({
    ...stage,
    approvers: replaced(stage.approvers, old, now),
    escalateTo: replaced(stage.escalateTo ?? [], old, now),
  }));
  return [{ kind: 'access-package', id, document: { ...document, approval: { ...approval, stages } } }];
}

const replaced = (values: readonly string[], from: string, to: string): string[] => [
  ...new Set(values.map((one) => (one === from ? to : one))),
];
