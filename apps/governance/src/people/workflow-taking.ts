import type { Assignment, Changes, PlannedStep, StepCode } from '../assignments/assignments.exports.js';
import { type CatalogSnapshot, isLive, later } from '../policy/policy.exports.js';
import type { Given, KnownPerson } from './given.js';
import type { MayHave } from './may-have.js';

/** What keeps a person from having a package. */
export type May = Pick<MayHave, 'resource' | 'clashes' | 'excluded'>;

type Created = Changes['created'][number];

/** What a step does, before it is known whether what it gives is admitted. */
export interface Doing {
  readonly step: PlannedStep;
  readonly code: StepCode | null;
  readonly created?: Created;
  readonly revoked?: Assignment;
  readonly recipient?: string | null;
  /** Applications that have to answer; `governance` for a transfer of ownership. */
  readonly about?: readonly string[];
}

/** Takes one step after the other: each sees what the former did. */
export class Taking {
  private readonly held: Map<string, Assignment | null>;

  constructor(
    private readonly person: KnownPerson,
    private readonly catalog: CatalogSnapshot,
    private readonly may: May,
    private readonly given: Given,
  ) {
    this.held = new Map(person.access.state.assignments.map((one) => [one.packageId, one]));
  }

  /** @param rest steps that are due after it */
  take(step: PlannedStep, rest: readonly PlannedStep[]): Doing {
    if (!this.catalog.workflows.isEnabled(step.workflow)) return { step, code: 'workflow_disabled' };
    switch (step.action) {
      case 'grant':
        return this.grant(step, rest);
      case 'revoke':
        return this.revoke(step);
      case 'notify':
        return this.notify(step);
      case 'disable':
      case 'delete':
        return this.endAccounts(step);
      case 'transfer-ownership':
        return this.transfer(step);
    }
  }

  private endAccounts(step: PlannedStep): Doing {
    const about = [...this.person.desired].flatMap(([application, { state }]) =>
      (state?.accounts.length ?? 0) > 0 ? [application] : [],
    );
    return about.length === 0 ? { step, code: 'no_account' } : { step, code: null, about };
  }

  private transfer(step: PlannedStep): Doing {
    const { managerId } = this.person.identity.state;
    if (managerId === null) return { step, code: 'no_manager' };
    return { step, code: null, recipient: managerId, about: ['governance'] };
  }

  private grant(step: PlannedStep, rest: readonly PlannedStep[]): Doing {
    const packageId = step.package ?? '';
    const code = this.refusal(packageId, rest);
    if (code !== null) return { step, code };
    const { workflow, workflowVersion: version, stepId } = step;
    this.held.set(packageId, null);
    const created = {
      assignmentId: this.given.newId(),
      identityId: this.person.identity.state.identityId,
      packageId,
      packageVersion: this.catalog.accessPackage(packageId)?.version ?? 0,
      cause: { type: 'workflow' as const, workflow, version, step: stepId },
      since: this.given.at,
      ...this.endOf(packageId),
    };
    return { step, code: null, created };
  }

  /** Why a package is not given; null: it is. */
  private refusal(packageId: string, rest: readonly PlannedStep[]): StepCode | null {
    const known = this.catalog.accessPackage(packageId);
    const isOver = rest.some(({ action, package: other }) => action === 'revoke' && other === packageId);
    const { at } = this.given;
    const byRule = this.catalog.birthrightsOf(this.may.resource, at).some((one) => one.packageId === packageId);
    const reasons: readonly (readonly [boolean, StepCode])[] = [
      [this.held.has(packageId), 'already_held'],
      [byRule && !this.may.excluded(packageId), 'already_held'],
      [isOver, 'already_over'],
      [known === undefined || !isLive(known.document), 'not_published'],
      [this.catalog.privilegedIn(packageId).length > 0, 'privileged'],
      [!this.catalog.isEligible(packageId, this.may.resource), 'not_eligible'],
      [this.may.excluded(packageId), 'excluded'],
      [this.may.clashes(packageId, this.held.keys()), 'incompatible'],
    ];
    return reasons.find(([isSo]) => isSo)?.[1] ?? null;
  }

  private endOf(packageId: string): { readonly until?: string } {
    const longest = this.catalog.accessPackage(packageId)?.document.maxDuration ?? null;
    return longest === null ? {} : { until: later(this.given.at, longest) };
  }

  private revoke(step: PlannedStep): Doing {
    const packageId = step.package ?? '';
    const assignment = this.held.get(packageId);
    if (assignment === undefined) return { step, code: 'not_held' };
    // An earlier step gives it, where all steps are foreseen.
    if (assignment === null) {
      this.held.delete(packageId);
      return { step, code: null };
    }
    if (assignment.cause.type === 'birthright') return { step, code: 'given_by_rule' };
    this.held.delete(packageId);
    return { step, code: null, revoked: assignment };
  }

  private notify(step: PlannedStep): Doing {
    const { identityId, managerId } = this.person.identity.state;
    const recipient = step.to === 'manager' ? managerId : identityId;
    return recipient === null ? { step, code: 'no_manager' } : { step, code: null, recipient };
  }
}
