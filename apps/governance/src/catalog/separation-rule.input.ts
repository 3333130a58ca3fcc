import { entitlementOf, fieldsOf, readEntitlement } from '#libs/contracts/entitlement.js';
import { InvalidInput, type ProblemError } from '#libs/problems/problem.js';
import { canonicalKey } from '#libs/text/text.js';
import {
  administratorsId,
  defaultDueIn,
  nameOf,
  type SeparatedItem,
  type SeparationRule,
} from '../policy/policy.exports.js';
import { ownerProblems, ownersOf } from './owners.input.js';
import type { SeparationRuleDto } from './separation-rule.dto.js';

const anItem = 'must be the id of an access package, or an application with one of account (true), group, role';

/** @throws InvalidInput for items that name nothing, and for a rule that nothing could violate, or keep */
export function separationRuleOf(dto: SeparationRuleDto): SeparationRule {
  const [left, right, controls] = [
    itemsOf('/left', dto.left),
    itemsOf('/right', dto.right ?? []),
    itemsOf('/compensatingControls', dto.compensatingControls ?? []),
  ];
  const problems = [
    ...left.problems,
    ...right.problems,
    ...controls.problems,
    ...ownerProblems('/owners', dto.owners ?? []),
  ];
  const rule: SeparationRule = {
    displayName: dto.displayName,
    left: left.items,
    right: right.items,
    mode: dto.mode ?? 'prevent',
    compensatingControls: controls.items,
    owners: ownersOf(dto.owners ?? []),
    dueIn: dto.dueIn ?? defaultDueIn,
  };
  if (problems.length === 0) problems.push(...betweenSides(rule));
  if (problems.length > 0) throw new InvalidInput(problems);
  return rule;
}

function betweenSides({ left, right, compensatingControls }: SeparationRule): ProblemError[] {
  if (right.length === 0 && compensatingControls.length === 0)
    return [{ pointer: '/right', detail: 'is empty: name what excludes left, or give compensatingControls' }];
  const sides = new Set(left.map(nameOf));
  const twice = (pointer: string, items: readonly SeparatedItem[]): ProblemError[] =>
    items.flatMap((item, index) =>
      sides.has(nameOf(item))
        ? [{ pointer: `${pointer}/${index}`, detail: 'is named by left, too: name it on one side only' }]
        : [],
    );
  return [...twice('/right', right), ...twice('/compensatingControls', compensatingControls)];
}

function itemsOf(
  pointer: string,
  values: readonly unknown[],
): { readonly items: readonly SeparatedItem[]; readonly problems: readonly ProblemError[] } {
  const items = new Map<string, SeparatedItem>();
  const problems: ProblemError[] = [];
  values.forEach((value, index) => {
    const item = itemOf(value);
    if (item === null) problems.push({ pointer: `${pointer}/${index}`, detail: anItem });
    else items.set(nameOf(item), item);
  });
  return { items: [...items.values()], problems };
}

function itemOf(value: unknown): SeparatedItem | null {
  if (typeof value === 'string') return administratorsId.test(value) ? value : null;
  if (typeof value !== 'object' || value === null) return null;
  const { package: packageId } = value as Readonly<Record<string, unknown>>;
  if (packageId === undefined) return entitlementItem(value);
  return Object.keys(value).length === 1 && typeof packageId === 'string' ? itemOf(packageId) : null;
}

function entitlementItem(value: object): SeparatedItem | null {
  const { application } = value as Readonly<Record<string, unknown>>;
  const fields = readEntitlement(value);
  if (fields === null || Object.keys(value).length !== 2) return null;
  if (typeof application !== 'string' || !administratorsId.test(application)) return null;
  const { kind, name } = entitlementOf(application, fields);
  const key = name === null ? null : canonicalKey(name);
  return key === '' ? null : { application, ...fieldsOf({ kind, name: key }) };
}
