import {
  conflictText,
  packageMeantBy,
  stagesOf,
  type AccessPackage,
  type CatalogSnapshot,
  type Conflict,
} from '../policy/policy.exports.js';
import { type Assignment, exceptedRules, holds } from '../assignments/assignments.exports.js';
import { attributesOf, type IdentityStatus } from '../identities/identities.exports.js';
import { filterResourceOf, type Person } from '../people/people.exports.js';
import type { Asked, Decision } from './access-request.js';
import type { RefusalCode } from './access-request.errors.js';
import type { RequestTerms } from './access-request.events.js';
import {
  escalationOf,
  namedBy,
  openingOf,
  type AboutApprovers,
  type Opening,
  type PeopleWhoDecide,
} from './approvers.js';
import { escalates } from './open-request.js';

/** What is known of a request before it is made. */
export interface Asking {
  readonly packageId: string;
  readonly requesterId: string;
  readonly beneficiaryId: string;
  readonly beneficiaryManagerId: string | null;
  readonly beneficiaryInactive: boolean;
  readonly eligible: boolean;
  readonly held: boolean;
  /** A later end of what is held is asked for; null where a new assignment is. */
  readonly extending: { readonly allowed: boolean } | null;
  readonly open: boolean;
  /** Rules that the beneficiary would violate by it, with what they have, have scheduled or have asked for. */
  readonly conflicts: readonly Conflict[];
  /** Why too few people can decide; empty if enough can, or nobody has to. */
  readonly undecidable: readonly string[];
}

/** All reasons why a request may not be made, the most important first; none when it may be made. */
export function refusalsOf(asking: Asking, { requestFor }: Pick<AccessPackage, 'requestFor'>): RefusalCode[] {
  const { extending } = asking;
  const reasons: readonly (readonly [boolean, RefusalCode])[] = [
    [requestFor === null, 'request.nobody_may_ask'],
    [requestFor !== null && !mayAskFor(asking, requestFor), 'request.not_for_them'],
    [asking.beneficiaryInactive || !asking.eligible, 'request.not_eligible'],
    [extending === null && asking.held, 'request.already_held'],
    [extending !== null && !extending.allowed, 'request.not_extendable'],
    [asking.open, 'request.already_open'],
    [asking.conflicts.length > 0, 'request.incompatible'],
    [asking.undecidable.length > 0, 'request.nobody_can_decide'],
  ];
  return reasons.flatMap(([isSo, code]) => (isSo ? [code] : []));
}

/** Why a request may not be made; null when it may. */
export const refusalOf = (asking: Asking, policy: Pick<AccessPackage, 'requestFor'>): RefusalCode | null =>
  refusalsOf(asking, policy)[0] ?? null;

/** More about a refusal, as text for people. */
export function whyNot(code: RefusalCode, { packageId, undecidable, conflicts }: Asking): readonly string[] {
  if (code === 'request.nobody_can_decide') return undecidable;
  return code === 'request.incompatible'
    ? conflicts.map((one) => conflictText(packageId, one, 'the beneficiary has, or has asked for,'))
    : [];
}

/** Who granted an exception that lets the beneficiary have this package: they do not decide on the request besides. */
export function exceptersOf(packageId: string, { access }: Person, catalog: CatalogSnapshot): ReadonlySet<string> {
  const { assignments, exceptions } = access.state;
  if (exceptions.length === 0) return new Set();
  const held = assignments.map((one) => one.packageId);
  const conflicts = catalog.separationFor(assignments).conflictsOf(packageId, held, new Set());
  return new Set(
    exceptions.filter(({ rule }) => conflicts.some((one) => one.rule === rule)).map(({ grantedBy }) => grantedBy),
  );
}

export function mayAskFor(
  {
    requesterId,
    beneficiaryId,
    beneficiaryManagerId,
  }: Pick<Asking, 'requesterId' | 'beneficiaryId' | 'beneficiaryManagerId'>,
  requestFor: 'self' | 'team' | 'anyone',
): boolean {
  if (requestFor === 'anyone' || requesterId === beneficiaryId) return true;
  return requestFor === 'team' && beneficiaryManagerId === requesterId;
}

/** What else bears on a request. */
export interface AskedBeside {
  /** Packages for which the beneficiary has an open request. */
  readonly requested: ReadonlySet<string>;
  readonly undecidable: readonly string[];
  readonly at: string;
  /** The assignment that is to end later; null where a new one is asked for. */
  readonly extended: Assignment | null;
}

/** What is known of a request before it is made. */
export function askingOf(
  { requesterId, beneficiaryId, packageId }: Pick<RequestTerms, 'requesterId' | 'beneficiaryId' | 'packageId'>,
  { identity, access }: Person,
  { requested, undecidable, extended, at }: AskedBeside,
  catalog: CatalogSnapshot,
): Asking {
  const { state } = identity;
  const known = state.status !== 'absent';
  return {
    packageId,
    requesterId,
    beneficiaryId,
    beneficiaryManagerId: known ? state.managerId : null,
    beneficiaryInactive: !known || state.status === 'inactive',
    eligible: known && catalog.isEligible(packageId, filterResourceOf(state)),
    held: holds(packageId, access.state),
    extending:
      extended === null
        ? null
        : { allowed: extended.until !== undefined && catalog.accessPackage(packageId)?.document.extendable === true },
    open: requested.has(packageId),
    conflicts: catalog
      .separationFor(access.state.assignments)
      .conflictsOf(
        packageId,
        [...access.state.assignments.map((one) => one.packageId), ...requested],
        exceptedRules(access.state, at),
      ),
    undecidable,
  };
}

/** What decisions about approvers are made under. */
export interface Surroundings {
  readonly catalog: CatalogSnapshot;
  readonly people: PeopleWhoDecide;
  /** People who decided in earlier stages and must not decide again. */
  readonly decisions?: readonly Pick<Decision, 'approverId' | 'onBehalfOf'>[];
}

/** What says who decides on a request for this beneficiary. */
export function aboutApprovers(
  { requesterId, beneficiaryId, packageId }: Pick<RequestTerms, 'requesterId' | 'beneficiaryId' | 'packageId'>,
  applications: readonly string[],
  beneficiary: Person,
  { catalog, people, decisions = [] }: Surroundings,
): AboutApprovers {
  const { state } = beneficiary.identity;
  const known = state.status === 'absent' ? null : state;
  return {
    requesterId,
    beneficiaryId,
    managerId: known?.managerId ?? null,
    managerNamed: known !== null && attributesOf(known)?.managerId !== undefined,
    applications,
    ownersOf: (ids) => peopleOf(catalog.owners.of(ids), people),
    people,
    excepted: exceptersOf(packageId, beneficiary, catalog),
    decidedBefore: new Set(decisions.flatMap(({ approverId, onBehalfOf }) => [approverId, onBehalfOf ?? approverId])),
  };
}

/** People, with the holders of packages in their places. */
const peopleOf = (owners: Iterable<string>, people: PeopleWhoDecide): Set<string> =>
  new Set(
    [...owners].flatMap((owner) => {
      const id = packageMeantBy(owner);
      return id === null ? [owner] : people.holdersOf(id);
    }),
  );

/** Must each stage be decided by other people than the stages before it? */
export const isDistinct = (approval: AccessPackage['approval']): boolean =>
  approval === null || approval === 'none' || approval.distinctApprovers !== false;

/** Who decides first, and why the stages cannot all be decided; no reasons where they can. */
export function openingsOf(
  approval: AccessPackage['approval'],
  about: AboutApprovers,
): { readonly first: Opening | null; readonly missing: readonly string[] } {
  const stages = stagesOf(approval);
  const openings = stages.map((stage) => openingOf(stage, about));
  const missing = openings.flatMap((opening) => opening.missing);
  const people = new Set(openings.flatMap(({ able }) => able));
  const needed = stages.reduce((sum, { quorum }) => sum + (quorum === 'all' ? 1 : quorum), 0);
  if (missing.length === 0 && isDistinct(approval) && people.size < needed)
    missing.push(`the stages need ${needed} different people, and ${people.size} can decide`);
  return { first: openings[0] ?? null, missing };
}

/** Who would decide in the stage after the open one; null where there is none. */
export function nextOpening(asked: Asked, by: string, beneficiary: Person, around: Surroundings): Opening | null {
  const next = asked.stages[asked.stage + 1];
  if (next === undefined) return null;
  const decided = { approverId: by, onBehalfOf: null };
  const decisions = asked.distinct ? [...asked.decisions, decided] : [];
  return openingOf(next, aboutApprovers(asked.request, asked.applications, beneficiary, { ...around, decisions }));
}

/** Who decides in the open stage, if it opened now. */
export function openingToday(asked: Asked, beneficiary: Person, around: Surroundings): Opening | null {
  const stage = asked.stages[asked.stage];
  if (stage === undefined) return null;
  const about = aboutStage(asked, beneficiary, around);
  return asked.chosenBy === 'timeout' ? escalationOf(stage, asked.approverIds ?? [], about) : openingOf(stage, about);
}

/** Who decides after nobody did in time; null where its policy asks nobody else. */
export function escalationToday(asked: Asked, beneficiary: Person, around: Surroundings): Opening | null {
  const stage = asked.stages[asked.stage];
  if (stage === undefined || !escalates(asked)) return null;
  return escalationOf(stage, asked.approverIds ?? [], aboutStage(asked, beneficiary, around));
}

function aboutStage(asked: Asked, beneficiary: Person, around: Surroundings): AboutApprovers {
  const decisions = asked.distinct ? asked.decisions.filter(({ stage }) => stage < asked.stage) : [];
  return aboutApprovers(asked.request, asked.applications, beneficiary, { ...around, decisions });
}

/** Null for somebody the hub does not know. */
export function statusOf({ identity: { state } }: Person): IdentityStatus | null {
  return state.status === 'absent' ? null : state.status;
}

/** Who may decide in the open stage. A request without the field is older than it: then the approvers are those whom its stage means today. */
export function approversNow(asked: Asked, beneficiary: Person, around: Surroundings): Set<string> {
  if (asked.approverIds !== null) return new Set(asked.approverIds);
  const [stage] = asked.stages;
  if (stage === undefined) return new Set();
  return namedBy(stage.approvers, aboutApprovers(asked.request, asked.applications, beneficiary, around));
}
