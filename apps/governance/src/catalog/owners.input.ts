import type { ProblemError } from '#libs/problems/problem.js';
import { administratorsId, packageMeantBy } from '../policy/policy.exports.js';

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const user = 'user:';

/** Owners as they are kept: identity ids in lower case, and `package:<id>` for the holders of a package. */
export function ownersOf(values: readonly unknown[]): string[] {
  return [...new Set(values.filter((value) => typeof value === 'string').map(ownerOf))];
}

export function ownerProblems(pointer: string, values: readonly unknown[]): ProblemError[] {
  return values.flatMap((value, index) =>
    typeof value === 'string' && isOwner(ownerOf(value))
      ? []
      : [{ pointer: `${pointer}/${index}`, detail: 'must be an identity id (UUID), or package:<id of a package>' }],
  );
}

function ownerOf(value: string): string {
  if (packageMeantBy(value) !== null) return value;
  return (value.startsWith(user) ? value.slice(user.length) : value).toLowerCase();
}

function isOwner(owner: string): boolean {
  const packageId = packageMeantBy(owner);
  return packageId === null ? uuid.test(owner) : administratorsId.test(packageId);
}
