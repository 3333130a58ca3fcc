import { entitlementKey, type EntitlementFields, readEntitlement } from '#libs/contracts/entitlement.js';
import { InvalidInput, type ProblemError } from '#libs/problems/problem.js';
import { filterInput } from '#libs/service-kit/input/filter-input.js';
import { parseScope } from '../accounts/accounts.exports.js';
import { requireOrphanFilter } from './orphans.query.js';
import type { AskPreviewDto, EntitlementDto } from './preview.dto.js';
import type { Purpose } from './purpose.js';

const choices = ['filter', 'identities', 'orphans', 'authoritative'] as const;

/** What the preview is for, and for whom. @throws InvalidInput for what is wrong, or where several things are asked at once */
export function askedOf(input: AskPreviewDto): {
  readonly people: { readonly filter: string | null; readonly identities: readonly string[] | null };
  readonly purpose: Purpose;
} {
  const [, second] = choices.filter((one) => (input[one] ?? null) !== null);
  if (second !== undefined)
    throw new InvalidInput([
      { pointer: `/${second}`, detail: 'is given beside another choice of people: give one of them' },
    ]);
  const people = { filter: input.filter ?? null, identities: input.identities ?? null };
  if (people.filter !== null) filterInput('/filter', () => parseScope(people.filter ?? ''));
  return { people, purpose: purposeOf(input) };
}

function purposeOf({ orphans, authoritative }: AskPreviewDto): Purpose {
  if (authoritative) return { of: 'authority', entitlements: entitlementsIn('/authoritative', authoritative) };
  if (!orphans) return { of: 'enforcing' };
  const { filter = null, accounts = null } = orphans;
  if (filter !== null && accounts !== null)
    throw new InvalidInput([{ pointer: '/orphans/accounts', detail: 'and filter are given: give one of them' }]);
  if (filter !== null) requireOrphanFilter(filter);
  return { of: 'orphans', orphans: { filter, accounts } };
}

/** @throws InvalidInput naming each entry that is not one group or role, or is there twice */
export function entitlementsIn(pointer: string, given: readonly EntitlementDto[]): EntitlementFields[] {
  const read = given.map(({ group, role }) => readEntitlement({ group, role }));
  const keys = read.map((one) => (one === null ? null : entitlementKey(one)));
  const problems = keys.flatMap((key, place): ProblemError[] => {
    const at = `${pointer}/${place}`;
    if (key === null) return [{ pointer: at, detail: 'must name one group or one role' }];
    return keys.indexOf(key) === place ? [] : [{ pointer: at, detail: 'is there before: give each once' }];
  });
  if (problems.length > 0) throw new InvalidInput(problems);
  return read.filter((one) => one !== null);
}
