import type { Grant } from '#libs/contracts/catalog.js';
import { entitlementKey, entitlementOf, fieldsOf, type EntitlementFields } from '#libs/contracts/entitlement.js';

/** No id that administrators choose has a colon. */
const prefix = 'as-found:';

/** What was found in an application is held as a package of its own with one grant, which no document defines. */
export const foundPackageId = (application: string, one: EntitlementFields): string =>
  `${prefix}${application}:${entitlementKey(one)}`;

/** All packages of what was found in an application begin so. */
export const foundPackagesOf = (application: string): string => `${prefix}${application}:`;

const ofApplication = /^as-found:([a-z0-9][a-z0-9-]*)$/;

/** The application of `as-found:<application>`, which means everything that was found there; null for anything else. */
export const foundApplication = (text: string): string | null => ofApplication.exec(text)?.[1] ?? null;

/** What the package of something found grants; null for any other package. */
export function foundGrant(packageId: string): Grant | null {
  const [, application, kind, name] = /^as-found:([a-z0-9-]+):(account|group|role)(?::(.+))?$/su.exec(packageId) ?? [];
  if (application === undefined) return null;
  if (kind === 'account') return { application, account: true };
  if (name === undefined || (kind !== 'group' && kind !== 'role')) return null;
  return { application, ...fieldsOf({ kind, name }) };
}

export const isFoundPackage = (packageId: string): boolean => foundGrant(packageId) !== null;

/** How people call it. @param application its name */
export function foundTitle(grant: Grant, application: string): string {
  const { kind, name } = entitlementOf(grant.application, grant);
  return name === null ? `Account in ${application}, as found` : `${kind} ${name} in ${application}, as found`;
}
