import { isDeepStrictEqual } from 'node:util';
import type { Reached, VersionRelease } from '../policy/policy.exports.js';
import type { Access, Assignment, Step } from './access-state.js';
import type { VersionEvent, WithheldCode, WithheldVersion } from './version.events.js';

/** An owner let a version of a package reach those who held it before. */
export interface ReleasedVersion {
  readonly packageId: string;
  readonly release: VersionRelease;
}

/** Why somebody does not get a version; null: they get it. */
export type Withholding = { readonly code: WithheldCode; readonly because: WithheldVersion['because'] } | null;

/** What a release means for one holder: the version reaches them, or it is withheld and said why, once. */
export function releaseSteps(
  assignment: Assignment,
  released: readonly ReleasedVersion[],
  withholding: (packageId: string, release: VersionRelease) => Withholding,
  { withheldVersions: known }: Pick<Access, 'withheldVersions'>,
  at: string,
): Step[] {
  const reaching: Record<string, number> = {};
  const steps: Step[] = [];
  for (const { packageId, release } of released) {
    const because = withholding(packageId, release);
    if (because === null) {
      reaching[packageId] = release.version;
      continue;
    }
    const { assignmentId } = assignment;
    const before = known.find((one) => one.assignmentId === assignmentId && one.packageId === packageId);
    const withheld = { assignmentId, packageId, version: release.version, ...because };
    if (!isDeepStrictEqual({ ...withheld, withheldAt: before?.withheldAt }, before))
      steps.push({ is: 'version-withheld', assignment, withheld: { ...withheld, withheldAt: at } });
  }
  if (Object.keys(reaching).length > 0) steps.push({ is: 'version-reached', assignment, reached: reaching });
  return steps;
}

/** Which versions an assignment has from its beginning. */
export const reachedAtFirst = (
  { packageId, packageVersion }: Pick<Assignment, 'packageId' | 'packageVersion'>,
  reached: Reached | undefined,
): Reached => ({ [packageId]: packageVersion, ...reached });

export function foldVersion(state: Access, event: VersionEvent): Access {
  const { assignmentId } = event.data.assignment;
  if (event.type === 'AssignmentVersionWithheld') {
    const { withheld } = event.data;
    const others = withheldWithout(state, assignmentId, (one) => one === withheld.packageId);
    return { ...state, withheldVersions: [...others, withheld] };
  }
  const changed = (change: (one: Assignment) => Assignment): readonly Assignment[] =>
    state.assignments.map((one) => (one.assignmentId === assignmentId ? change(one) : one));
  if (event.type === 'AssignmentMoving') {
    const { to: movesTo } = event.data;
    return { ...state, assignments: changed((one) => ({ ...one, movesTo })) };
  }
  const { reached } = event.data;
  return {
    ...state,
    assignments: changed((one) => ({ ...one, reached: { ...one.reached, ...reached } })),
    withheldVersions: withheldWithout(state, assignmentId, (one) => one in reached),
  };
}

/** What is withheld, without that of an assignment; the same list where there is nothing of it. @param of which packages; absent: all */
export function withheldWithout(
  { withheldVersions }: Pick<Access, 'withheldVersions'>,
  assignmentId: string,
  of: (packageId: string) => boolean = () => true,
): readonly WithheldVersion[] {
  const others = withheldVersions.filter((one) => one.assignmentId !== assignmentId || !of(one.packageId));
  return others.length === withheldVersions.length ? withheldVersions : others;
}
