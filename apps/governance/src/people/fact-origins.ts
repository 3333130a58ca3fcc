import type {
  AccessEvent,
  AssignmentCreated,
  AssignmentRevoked,
  Birthright,
  BirthrightWithholdingEnded,
  Changes,
} from '../assignments/assignments.exports.js';
import { type CatalogSnapshot, latest, type Origin } from '../policy/policy.exports.js';
import type { Identity } from '../identities/identities.exports.js';
import { filterResourceOf, type Person } from './person-batch.js';

/** What facts about a person were derived from. */
export interface DerivedFrom {
  /** With the identity as it is now, and the rest as it was. */
  readonly person: Person;
  /** The identity before the work that derives; the same where the work does not change it. */
  readonly formerly: Identity;
  readonly catalog: CatalogSnapshot;
  /** Changes that were decided elsewhere and are made together with those that rules make. */
  readonly asked: Changes;
}

const noException: ReadonlySet<string> = new Set();

type Separated = BirthrightWithholdingEnded['data']['because'][number];
type Begun = AssignmentCreated['data']['assignment'];

/**
 * The change of the catalog that caused each derived fact: the last change of the rule or package that gives or takes
 * it, whichever work finds it first. Null: the work itself is the cause.
 */
export class FactOrigins {
  private readonly created: readonly AssignmentCreated[];
  private readonly revoked: readonly AssignmentRevoked[];
  private readonly freed: readonly BirthrightWithholdingEnded[];
  private readonly elsewhere: ReadonlySet<string>;
  private readonly gave: readonly Birthright[];
  /** Steps of workflows, by the assignment that they give or revoke. */
  private readonly steps: ReadonlyMap<string, string>;

  constructor(
    private readonly access: readonly AccessEvent[],
    private readonly from: DerivedFrom,
  ) {
    this.created = access.filter((fact) => fact.type === 'AssignmentCreated');
    this.revoked = access.filter((fact) => fact.type === 'AssignmentRevoked');
    this.freed = access.filter((fact) => fact.type === 'BirthrightWithholdingEnded');
    this.steps = new Map(
      access.flatMap((fact): [string, string][] =>
        fact.type === 'WorkflowStepTaken' && fact.data.assignmentId !== null
          ? [[fact.data.assignmentId, fact.data.step.stepId]]
          : [],
      ),
    );
    const { asked, formerly, catalog } = from;
    // With the end of an exclusion, a package comes that its rule gave all the time.
    const noLongerExcluded = access.filter((fact) => fact.type === 'BirthrightExclusionEnded');
    this.elsewhere = new Set([
      ...noLongerExcluded.map(({ data }) => data.packageId),
      ...asked.created.map(({ packageId }) => packageId),
      ...asked.revoked.map(({ assignment }) => assignment.packageId),
    ]);
    const present = formerly.status !== 'absent' && formerly.status !== 'inactive';
    this.gave = access.length > 0 && present ? catalog.birthrightsOf(filterResourceOf(formerly)) : [];
  }

  ofFact(fact: AccessEvent): Origin | null {
    switch (fact.type) {
      case 'AssignmentCreated':
        return this.ofCreated(fact.data.assignment);
      case 'AssignmentRevoked':
        return this.ofRevoked(fact.data);
      case 'AssignmentDeliveryChanged':
        return this.ofApplication(fact.data.carried.application);
      case 'AssignmentRemovalChanged':
        return this.ofApplication(fact.data.changed.application);
      case 'AssignmentStarted':
      case 'AssignmentSuspended':
      case 'AssignmentResumed':
      case 'AssignmentExtended':
      case 'AssignmentEndChanged':
      case 'AssignmentExpiring':
      case 'EmergencyReviewed':
      case 'SeparationExceptionGranted':
      case 'SeparationExceptionEnded':
      case 'SeparationExceptionRestored':
      case 'SeparationFindingStated':
      case 'SeparationFindingSolved':
      case 'AssignmentKept':
      case 'AssignmentCertified':
      case 'AssignmentCertificationOverdue':
      case 'BirthrightExcluded':
      case 'BirthrightExclusionEnded':
      case 'BirthrightWithheld':
      case 'BirthrightWithholdingEnded':
      case 'FormerAccessOffered':
      case 'WorkflowStepsPlanned':
      case 'WorkflowStepsCancelled':
      case 'WorkflowStepAnswered':
        return null;
      case 'WorkflowStepTaken':
        return this.ofStep(fact.data.step.stepId);
      case 'AssignmentVersionReached':
        return latest(this.releasesOf(Object.keys(fact.data.reached)));
      case 'AssignmentMoving':
        return this.ofPackage(fact.data.assignment.packageId);
      case 'AssignmentVersionWithheld':
        return latest(this.releasesOf([fact.data.withheld.packageId]));
      case 'AssignmentGraceStarted':
        return this.ofLost(fact.data.assignment);
    }
  }

  /** The cause of each fact about what the person holds. */
  ofAll(): (Origin | null)[] {
    return this.access.map((fact) => this.ofFact(fact));
  }

  /** The cause of a change in one application: that of the assignments that begin or end there; without any, a change of what packages grant. */
  ofApplication(application: string): Origin | null {
    const concerned = this.access.filter(
      (fact) => isOfAssignment(fact) && this.applicationsOf(fact).includes(application),
    );
    const origins = concerned.map((fact) => this.ofFact(fact));
    if (origins.length > 0) return origins.includes(null) ? null : latest(origins);
    const carried = this.access.flatMap((fact) =>
      fact.type === 'AssignmentDeliveryChanged' && fact.data.carried.application === application
        ? [this.from.catalog.grantedBy(fact.data.assignment.packageId)]
        : [],
    );
    return latest(carried);
  }

  /** The cause of what assignments that begin or end now give or take; null where none begins or ends. */
  ofAssignments(assignmentIds: readonly string[]): (Origin | null)[] {
    return [...this.created, ...this.revoked]
      .filter(({ data }) => assignmentIds.includes(data.assignment.assignmentId))
      .map((fact) => this.ofFact(fact));
  }

  /** The applications that a fact is about. */
  applicationsOf(fact: AccessEvent): string[] {
    switch (fact.type) {
      case 'AssignmentCreated':
      case 'AssignmentStarted':
      case 'AssignmentResumed':
        return fact.data.applications.map(({ application }) => application);
      case 'AssignmentVersionReached':
        return this.from.catalog.applicationsOf(fact.data.assignment.packageId);
      case 'AssignmentExtended':
      case 'AssignmentEndChanged':
      case 'AssignmentExpiring':
      case 'EmergencyReviewed':
      case 'SeparationExceptionGranted':
      case 'SeparationExceptionEnded':
      case 'SeparationExceptionRestored':
      case 'SeparationFindingStated':
      case 'SeparationFindingSolved':
      case 'AssignmentGraceStarted':
      case 'AssignmentKept':
      case 'AssignmentVersionWithheld':
      case 'AssignmentMoving':
      case 'AssignmentCertified':
      case 'AssignmentCertificationOverdue':
      case 'BirthrightExcluded':
      case 'BirthrightExclusionEnded':
      case 'BirthrightWithheld':
      case 'BirthrightWithholdingEnded':
      case 'FormerAccessOffered':
      case 'WorkflowStepsPlanned':
      case 'WorkflowStepTaken':
      case 'WorkflowStepAnswered':
      case 'WorkflowStepsCancelled':
        return [];
      case 'AssignmentSuspended':
      case 'AssignmentRevoked': {
        const { assignmentId } = fact.data.assignment;
        const held = this.from.person.access.state.assignments.find((one) => one.assignmentId === assignmentId);
        return (held?.applications ?? []).map(({ application }) => application);
      }
      case 'AssignmentDeliveryChanged':
        return [fact.data.carried.application];
      case 'AssignmentRemovalChanged':
        return [fact.data.changed.application];
    }
  }

  private releasesOf(packageIds: readonly string[]): (Origin | null)[] {
    return packageIds.map((id) => this.from.catalog.versions.releaseOf(id)?.origin ?? null);
  }

  /** The fact that planned a step, where it was planned before this work. */
  private ofStep(stepId: string): Origin | null {
    const { planned } = this.from.person.access.state.workflows;
    return planned.find((one) => one.stepId === stepId)?.origin ?? null;
  }

  private ofCreated({ packageId, cause }: Begun): Origin | null {
    if (cause.type === 'workflow') return this.ofStep(cause.step);
    if (cause.type !== 'birthright' || this.elsewhere.has(packageId)) return null;
    if (!this.wasGiven(packageId, cause.rule)) return null;
    const replaced = this.revoked.map(({ data }) => data.assignment).filter((one) => one.packageId === packageId);
    const freed = this.freed.find(({ data }) => data.packageId === packageId);
    const freeing = freed === undefined ? [] : freed.data.because.map((one) => this.ofFreed(packageId, one));
    if (freeing.includes(null)) return null;
    const givers = [this.ofPackage(packageId), this.ofRule(cause.rule), ...replaced.map((one) => this.ruleOf(one))];
    return latest([...givers, ...freeing]);
  }

  /**
   * The cause by which a birthright is withheld no more: the rule that does not separate any more, or what took away the
   * package from which it separates.
   */
  private ofFreed(packageId: string, { rule, packages }: Separated): Origin | null {
    const { catalog } = this.from;
    const prevented = catalog.separation.conflictsOf(packageId, packages, noException);
    if (!prevented.some((one) => one.rule === rule)) {
      const relaxed = catalog.separatedBy(rule);
      return relaxed === null
        ? null
        : latest([relaxed, ...[packageId, ...packages].map((id) => catalog.grantedBy(id))]);
    }
    const ended = this.revoked.filter(({ data }) => packages.includes(data.assignment.packageId));
    const origins = ended.map(({ data }) => this.ofRevoked(data));
    return origins.includes(null) ? null : latest(origins);
  }

  private ofRevoked({ assignment, code }: AssignmentRevoked['data']): Origin | null {
    const { packageId, assignmentId } = assignment;
    const held = this.from.person.access.state.assignments.find((one) => one.assignmentId === assignmentId);
    // What its grace ended follows from what began the grace.
    if (held?.grace?.code === code) return held.graceOrigin;
    if (code === 'revoked_by_workflow') return this.ofStep(this.steps.get(assignmentId) ?? '');
    if (code !== 'rule_no_longer_matches') return null;
    const replacing = this.created.map(({ data }) => data.assignment).filter((one) => one.packageId === packageId);
    return this.ofLost(assignment, replacing);
  }

  /** The cause of what no rule gives any more. */
  private ofLost({ packageId, cause }: Begun, replacing: readonly Begun[] = []): Origin | null {
    if (cause.type !== 'birthright') return null;
    if (this.elsewhere.has(packageId) || this.wasGiven(packageId, cause.rule)) return null;
    const others = replacing.map((one) => this.ofCreated(one));
    return others.includes(null) ? this.ofRule(cause.rule) : latest([this.ofRule(cause.rule), ...others]);
  }

  /** What the present rules give to the identity as it was before. */
  private wasGiven(packageId: string, rule: string): boolean {
    return this.gave.some((one) => one.packageId === packageId && one.rule === rule);
  }

  private ruleOf({ cause }: Begun): Origin | null {
    return cause.type === 'birthright' ? this.ofRule(cause.rule) : null;
  }

  private ofRule(rule: string): Origin | null {
    return this.from.catalog.givenBy('birthright-rule', rule);
  }

  private ofPackage(packageId: string): Origin | null {
    return this.from.catalog.givenBy('access-package', packageId);
  }
}

/** Does an assignment begin or end by it? */
export function isOfAssignment({ type }: AccessEvent): boolean {
  return ![
    'AssignmentDeliveryChanged',
    'AssignmentRemovalChanged',
    'AssignmentExpiring',
    'AssignmentGraceStarted',
    'AssignmentVersionWithheld',
    'AssignmentMoving',
    'AssignmentCertified',
    'AssignmentCertificationOverdue',
    'WorkflowStepsPlanned',
    'WorkflowStepTaken',
    'WorkflowStepAnswered',
    'WorkflowStepsCancelled',
  ].includes(type);
}
