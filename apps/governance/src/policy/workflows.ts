import type { Filter } from '#libs/scim/filter/filter.js';
import { matches } from '#libs/scim/filter/matches.js';
import { parseFilter } from '#libs/scim/filter/parse.js';
import { identityKeys } from '../identities/identities.exports.js';

/** What begins a workflow: hiring, a move, or leaving. */
export const workflowTriggers = ['joiner', 'mover', 'leaver'] as const;
export type WorkflowTrigger = (typeof workflowTriggers)[number];

export const workflowActions = ['grant', 'revoke', 'disable', 'transfer-ownership', 'delete', 'notify'] as const;
export type WorkflowAction = (typeof workflowActions)[number];

/** Who is told something by a step. */
export const workflowRecipients = ['person', 'manager'] as const;
export type WorkflowRecipient = (typeof workflowRecipients)[number];

/** One step; what its action does not need is null. */
export interface WorkflowStep {
  /** Days after the first day, the move or the end of access. Negative: before the end of access. */
  readonly offsetDays: number;
  readonly action: WorkflowAction;
  /** Of `grant` and `revoke`. */
  readonly package: string | null;
  /** Of `notify`. */
  readonly to: WorkflowRecipient | null;
  /** Of `notify`: what is said. */
  readonly message: string | null;
}

/** What happens to people who join, move or leave, besides what rules do. */
export interface Workflow {
  readonly displayName: string;
  readonly trigger: WorkflowTrigger;
  /** SCIM filter over people as they are when it begins; null: everybody. */
  readonly filter: string | null;
  /** A workflow that is not enabled begins for nobody, and takes no step that it has planned. */
  readonly enabled: boolean;
  readonly steps: readonly WorkflowStep[];
}

/** A workflow at its newest version. */
export interface DefinedWorkflow {
  readonly id: string;
  readonly version: number;
  readonly document: Workflow;
}

type Read = DefinedWorkflow & { readonly filter: Filter | null };

/** The workflows of a catalog. */
export class Workflows {
  private readonly read: readonly Read[];

  constructor(documents: readonly DefinedWorkflow[]) {
    this.read = documents
      .toSorted((a, b) => (a.id < b.id ? -1 : 1))
      .map((one) => ({ ...one, filter: one.document.filter === null ? null : parseFilter(one.document.filter) }));
  }

  get isEmpty(): boolean {
    return this.read.length === 0;
  }

  /** The enabled workflows that begin for somebody, in order of their ids. */
  beginning(trigger: WorkflowTrigger, resource: object): readonly DefinedWorkflow[] {
    return this.read.filter(
      ({ document, filter }) =>
        document.trigger === trigger &&
        document.enabled &&
        (filter === null || matches(filter, resource, identityKeys)),
    );
  }

  isEnabled(id: string): boolean {
    return this.read.some((one) => one.id === id && one.document.enabled);
  }

  /** All but this one. */
  others(id: string): readonly DefinedWorkflow[] {
    return this.read.filter((one) => one.id !== id);
  }
}
