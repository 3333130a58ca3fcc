import type { DescribedEntitlement } from '#libs/contracts/catalog.js';
import { entitlementKey } from '#libs/contracts/entitlement.js';
import { InvalidInput, type ProblemError } from '#libs/problems/problem.js';
import type { Application } from '../policy/policy.exports.js';
import type { ApplicationDto } from './catalog.dto.js';
import type { DescribedEntitlementDto } from './described-entitlement.dto.js';
import { entitlementIn, notOneThing } from './entitlements.input.js';
import { ownerProblems, ownersOf } from './owners.input.js';

/** @throws InvalidInput for owners that name nobody, a connector that fits not, and entitlements that name nothing, or twice the same */
export function applicationOf(dto: ApplicationDto): Application {
  const { displayName, region, dataClass, priority } = dto;
  const connectorId = dto.connectorId ?? null;
  const provisionedBy = dto.provisionedBy ?? 'hub';
  const entitlements = (dto.entitlements ?? []).map((one) => describedOf(one));
  const problems = [
    ...ownerProblems('/owners', dto.owners ?? []),
    ...connectorProblems(connectorId, provisionedBy),
    ...entitlementProblems(entitlements),
  ];
  if (problems.length > 0) throw new InvalidInput(problems);
  return {
    displayName,
    connectorId,
    provisionedBy,
    owners: ownersOf(dto.owners ?? []),
    region: region ?? null,
    dataClass: dataClass ?? null,
    priority: priority ?? 'normal',
    entitlements: entitlements.filter((one) => one !== null),
  };
}

function connectorProblems(connectorId: string | null, by: Application['provisionedBy']): ProblemError[] {
  const pointer = '/connectorId';
  if (by === 'hub' && connectorId === null)
    return [{ pointer, detail: 'is missing: give the id of its connector, or say in provisionedBy who provisions it' }];
  return by !== 'hub' && connectorId !== null
    ? [{ pointer, detail: `is given, and the application is provisioned by ${by}: leave one of them out` }]
    : [];
}

function entitlementProblems(entitlements: readonly (DescribedEntitlement | null)[]): ProblemError[] {
  const known = new Set<string>();
  return entitlements.flatMap((one, index): ProblemError[] => {
    const pointer = `/entitlements/${index}`;
    if (one === null) return [{ pointer, detail: notOneThing }];
    const key = entitlementKey(one);
    if (known.has(key)) return [{ pointer, detail: 'is given twice: give it once' }];
    known.add(key);
    return [];
  });
}

function describedOf(dto: DescribedEntitlementDto): DescribedEntitlement | null {
  const fields = entitlementIn(dto, '');
  if (fields === null) return null;
  const [owner = null] = ownersOf([dto.owner]);
  const { description, risk, privileged } = dto;
  return { ...fields, description: description ?? null, risk: risk ?? 'low', owner, privileged: privileged ?? false };
}
