import { DomainError } from '#libs/event-store/core.js';

export class AssignmentNotActive extends DomainError<{ assignmentId: string }> {
  readonly code = 'assignment.not_active';
}

export class AssignmentGivenByRule extends DomainError<{ assignmentId: string; rule: string }> {
  readonly code = 'assignment.given_by_rule';
}

const handRefusals = {
  'assignment.own_delivery': 'nobody confirms what becomes of their own access: another owner must look',
  'assignment.not_manual': 'the hub provisions this application, and looks itself: nothing is to be confirmed by hand',
  'assignment.nothing_to_confirm': 'nothing of this assignment waits in this application to be given or taken by hand',
} as const;

/** A delivery or removal cannot be confirmed by hand. */
export class HandConfirmationRefused extends DomainError<{ assignmentId: string }> {
  constructor(
    readonly code: keyof typeof handRefusals,
    assignmentId: string,
  ) {
    super(handRefusals[code], { assignmentId });
  }
}

/** An assignment cannot get this end. */
export class AssignmentEndRefused extends DomainError<{ assignmentId: string }> {
  readonly code = 'assignment.end_refused';
}

export class EmergencyNotOpen extends DomainError<{ assignmentId: string }> {
  readonly code = 'emergency.not_open';
}

/** Only somebody else who owns the package judges an emergency. */
export class EmergencyReviewer extends DomainError<{ assignmentId: string }> {
  readonly code = 'emergency.not_reviewer';
}

const refusals = {
  'assignment.not_owner': 'only an owner of the package, or a policy administrator, may assign it',
  'assignment.own': 'nobody assigns access to themselves: ask for it, or another owner',
  'assignment.not_for_others': 'such access is taken for oneself only',
  'assignment.not_offered': 'this package does not offer that',
  'assignment.not_eligible': 'the person is not here, or not eligible for this package',
  'assignment.already_held': 'the person already holds this package',
  'assignment.incompatible': 'nobody is to have this package together with another',
} as const;

export type AssigningCode = keyof typeof refusals;
const assigningCodes = Object.keys(refusals) as readonly AssigningCode[];

export class AssignmentRefused extends DomainError<{ packageId: string }> {
  constructor(
    readonly code: AssigningCode,
    packageId: string,
    conflicts: readonly string[],
  ) {
    super(code === 'assignment.incompatible' ? [refusals[code], ...conflicts].join('; ') : refusals[code], {
      packageId,
    });
  }
}

/** Why a row of a bulk change is refused. */
export const bulkRefusals = [
  'invalid_input',
  ...assigningCodes,
  'assignment.not_active',
  'assignment.given_by_rule',
  'assignment.end_refused',
  'assignment.not_as_found',
  'assignment.certified',
  'assignment.own_certification',
] as const;

/** What each route refuses, by HTTP status. */
export const assigningRefusals = {
  403: [
    'assignment.not_owner',
    'assignment.own',
    'assignment.not_for_others',
    'assignment.not_offered',
    'assignment.not_eligible',
  ],
  409: ['assignment.already_held', 'assignment.incompatible'],
} as const;
export const handConfirmationRefusals = {
  403: ['assignment.own_delivery'],
  409: ['assignment.not_manual', 'assignment.nothing_to_confirm'],
} as const;
export const reviewRefusals = { 403: ['emergency.not_reviewer'], 409: ['emergency.not_open'] } as const;
