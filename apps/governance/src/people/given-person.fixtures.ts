import { plainToInstance } from 'class-transformer';
import type { WorkerAttributes } from '#libs/contracts/hr-lifecycle.js';
import { access } from '../assignments/access.js';
import { carriedAgain } from '../assignments/access-facts.js';
import { noChanges, type Access, type Changes } from '../assignments/access-state.js';
import type { AccessEvent } from '../assignments/access.events.js';
import { AccessPackageDto } from '../catalog/access-package.dto.js';
import { accessPackageOf } from '../catalog/documents.input.js';
import { type DesiredAccess, desiredAccess } from '../desired-access/desired-access.js';
import type { Identity, KnownIdentity } from '../identities/identity.js';
import {
  type Application,
  CatalogSnapshot,
  type CatalogEntry,
  type MoverRule,
  type Workflow,
  type WorkflowStep,
} from '../policy/policy.exports.js';
import type { Giver } from './given-access.js';
import { unknownPerson, type Person } from './person-batch.js';
import { foundReplaced } from './replacing.js';
import { recomputePerson } from './recompute-person.js';

const identityId = '0198c0de-0000-5000-8000-00000000000a';
const firstDay = '2026-03-02T09:00:00.000Z';

/** The instant so many days after the first. */
export const afterDays = (days: number): string => new Date(Date.parse(firstDay) + days * 86_400_000).toISOString();

export const packageNamed = (id: string, more: object = {}): CatalogEntry => ({
  kind: 'access-package',
  id,
  version: 1,
  document: accessPackageOf(
    plainToInstance(AccessPackageDto, { displayName: id, grants: [{ application: 'wiki', group: id }], ...more }),
  ),
});

export const applicationNamed = (id: string, more: Partial<Application> = {}): CatalogEntry => ({
  kind: 'application',
  id,
  version: 1,
  document: {
    ...{ displayName: id, connectorId: null, provisionedBy: 'hub', owners: [], region: null, dataClass: null },
    ...{ priority: 'normal', entitlements: [], ...more },
  },
});

export const ruleNamed = (id: string, filter: string, packages: readonly string[], graceDays = 0): CatalogEntry => ({
  kind: 'birthright-rule',
  id,
  version: 1,
  document: { displayName: id, filter, packages, privilegedException: null, privilegedExceptionUntil: null, graceDays },
});

export const moverRule = (more: Partial<MoverRule>): CatalogEntry => ({
  kind: 'mover-rule',
  id: 'movers',
  version: 1,
  document: { displayName: 'Movers', filter: null, requestedAccess: 'keep', days: 14, renames: [], ...more },
});

/** A step on a day; what is not given is null. */
export const step = (offsetDays: number, more: Partial<WorkflowStep> & Pick<WorkflowStep, 'action'>): WorkflowStep => ({
  package: null,
  to: null,
  message: null,
  offsetDays,
  ...more,
});

export const workflowNamed = (
  id: string,
  trigger: Workflow['trigger'],
  steps: readonly WorkflowStep[],
  more: Partial<Workflow> = {},
): CatalogEntry => ({
  kind: 'workflow',
  id,
  version: 1,
  document: { displayName: id, trigger, filter: null, enabled: true, steps, ...more },
});

type Known = Person & { readonly identity: { readonly state: KnownIdentity } };

/** One person whom HR states, under a catalog, as time goes on. Each step is what the hub would do. */
export class GivenPerson {
  private now = firstDay;
  private ids = 0;
  private person: Known;

  constructor(
    private catalog: CatalogSnapshot,
    attributes: Partial<WorkerAttributes> = {},
    formerly?: Identity,
  ) {
    const record = { employeeId: '1', familyName: 'Lovelace', hireDate: '2026-01-01', ...attributes };
    const state: KnownIdentity = {
      identityId,
      status: 'active',
      kind: 'person',
      managerId: 'manager',
      primaryWorkerId: 'w',
      employments: [{ workerId: 'w', employed: true, onLeave: false }],
      person: { displayName: 'Ada', userName: 'ada', tokenSubjects: [], records: { w: record } },
    };
    this.person = { ...unknownPerson(identityId), identity: { id: identityId, version: 1, state } };
    this.recompute(noChanges, formerly);
  }

  /** Somebody whom the hub meets for the first time. */
  static hired(attributes: Partial<WorkerAttributes>, ...entries: readonly CatalogEntry[]): GivenPerson {
    const known = { department: 'Engineering', hireDate: firstDay.slice(0, 10), ...attributes };
    return new GivenPerson(new CatalogSnapshot(1, entries), known, { status: 'absent' });
  }

  static under(...entries: readonly CatalogEntry[]): GivenPerson {
    return new GivenPerson(new CatalogSnapshot(1, entries), { department: 'Engineering' });
  }

  readonly id = identityId;

  get access(): Access {
    return this.person.access.state;
  }

  /** What the application `wiki` should hold; null before anything was said of it. */
  get desired(): DesiredAccess {
    return this.person.desired.get('wiki')?.state ?? null;
  }

  /** The packages that give something now. */
  get packages(): readonly string[] {
    return this.access.assignments.flatMap(({ phase, packageId }) => (phase === 'active' ? [packageId] : [])).sort();
  }

  /** The groups that the person should be in now. */
  get groups(): readonly string[] {
    const entitlements = [...this.person.desired.values()].flatMap(({ state }) => state?.entitlements ?? []);
    return entitlements.flatMap((one) => ('group' in one ? [one.group] : [])).sort();
  }

  /** What the wiki should hold. */
  get wiki(): DesiredAccess {
    return this.person.desired.get('wiki')?.state ?? null;
  }

  assignmentOf(packageId: string): Access['assignments'][number] {
    const found = this.access.assignments.find((one) => one.packageId === packageId);
    if (found === undefined) throw new Error(`${packageId} is not held`);
    return found;
  }

  /** HR states these fields, and perhaps another status. */
  stated(attributes: Partial<WorkerAttributes>, status?: KnownIdentity['status']): readonly AccessEvent[] {
    const formerly = this.person.identity.state;
    const { person } = formerly;
    if (person === null) throw new Error('the person is forgotten');
    const before = person.records['w'] ?? { employeeId: '1', familyName: 'L', hireDate: '2026-01-01' };
    const state: KnownIdentity = {
      ...formerly,
      status: status ?? formerly.status,
      person: { ...person, records: { w: { ...before, ...attributes } } },
    };
    this.person = { ...this.person, identity: { ...this.person.identity, state } };
    return this.recompute(noChanges, formerly);
  }

  /** Security locks the person down. */
  locked(): readonly AccessEvent[] {
    return this.becomes((state) => ({ ...state, status: 'inactive', lockedDown: true }));
  }

  released(): readonly AccessEvent[] {
    return this.becomes(({ lockedDown: _, ...state }) => ({ ...state, status: 'active' }));
  }

  managedBy(managerId: string | null): readonly AccessEvent[] {
    return this.becomes((state) => ({ ...state, managerId }));
  }

  /** A request for it was approved. */
  requested(packageId: string, until?: string): readonly AccessEvent[] {
    const cause = { type: 'request', request: 'q', approvers: [] } as const;
    const terms = { assignmentId: this.newId(), identityId, packageId, packageVersion: 1, cause, since: this.now };
    return this.recompute({ ...noChanges, created: [until === undefined ? terms : { ...terms, until }] });
  }

  asked(changes: Changes): readonly AccessEvent[] {
    return this.recompute(changes);
  }

  /** A package takes the place of what was found. */
  replaced(packageId: string, more: Partial<Giver> = {}): readonly AccessEvent[] {
    const giver = { actor: 'grace', own: false, mayAssign: true, at: this.now, ...more };
    const taking = { assignmentId: this.newId(), packageId, reason: 'Everybody there has it' };
    return this.recompute(foundReplaced(taking, this.person, this.catalog, giver));
  }

  /** So many days after the first. */
  on(day: number): readonly AccessEvent[] {
    this.now = afterDays(day);
    return this.recompute();
  }

  /** The application has reported it. */
  delivered(packageId: string): void {
    const assignment = this.assignmentOf(packageId);
    const { access: before } = this.person;
    const state = assignment.applications
      .map((carried) => carriedAgain(this.assignmentOf(packageId), { ...carried, delivery: 'delivered' }))
      .reduce(access.evolve, before.state);
    this.person = { ...this.person, access: { ...before, state } };
  }

  /** The person gives it up. */
  dropped(packageId: string): readonly AccessEvent[] {
    const assignment = this.assignmentOf(packageId);
    return this.recompute({ ...noChanges, revoked: [{ assignment, code: 'given_up', reason: null }] });
  }

  /** The catalog is this one from now on. */
  under(...entries: readonly CatalogEntry[]): readonly AccessEvent[] {
    this.catalog = new CatalogSnapshot(this.catalog.version + 1, entries);
    return this.recompute();
  }

  defined(...entries: readonly CatalogEntry[]): readonly AccessEvent[] {
    this.catalog = this.catalog.with(...entries);
    return this.recompute();
  }

  private becomes(change: (state: KnownIdentity) => KnownIdentity): readonly AccessEvent[] {
    const formerly = this.person.identity.state;
    this.person = { ...this.person, identity: { ...this.person.identity, state: change(formerly) } };
    return this.recompute(noChanges, formerly);
  }

  private newId(): string {
    this.ids += 1;
    return `id${this.ids}`;
  }

  private recompute(
    asked: Changes = noChanges,
    formerly: Identity = this.person.identity.state,
  ): readonly AccessEvent[] {
    const given = { at: this.now, epoch: 1, newId: () => this.newId(), formerly };
    const facts = recomputePerson(this.person, this.catalog, asked, given);
    const desired = new Map(this.person.desired);
    for (const fact of facts.desired) {
      const before = desired.get('wiki') ?? { id: 'wiki', state: null, version: 0 };
      desired.set('wiki', { ...before, state: desiredAccess.evolve(before.state, fact), version: before.version + 1 });
    }
    const state = facts.access.reduce(access.evolve, this.person.access.state);
    this.person = { ...this.person, desired, access: { ...this.person.access, state } };
    return facts.access;
  }
}
