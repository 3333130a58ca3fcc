const prefix = 'package:';

/** How a package is named among owners and approvers, who are its holders then, and among rules of separation, of which it makes one. */
export const packageName = (packageId: string): string => `${prefix}${packageId}`;

/** The package that such a name means; null for another name. */
export const packageMeantBy = (name: string): string | null =>
  name.startsWith(prefix) ? name.slice(prefix.length) : null;

/** As whom somebody may be named among owners: by their id, and as a holder of packages. @param identityId null for a subject without identity */
export const ownerNames = (identityId: string | null, holds: readonly string[]): string[] => [
  ...(identityId === null ? [] : [identityId]),
  ...holds.map(packageName),
];
