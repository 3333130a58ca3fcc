import fc from 'fast-check';
import { exceptedRules } from '../assignments/assignments.exports.js';
import { access, revoke } from '../assignments/access.js';
import { carriedAgain } from '../assignments/access-facts.js';
import { noChanges, type Access, type Changes } from '../assignments/access-state.js';
import { desiredAccess } from '../desired-access/desired-access.js';
import type { KnownIdentity } from '../identities/identity.js';
import { decideOnKept } from '../movers/keep.js';
import { CatalogSnapshot, type AccessPackage } from '../policy/policy.exports.js';
import { filterResourceOf, unknownPerson, type Person } from './person-batch.js';
import { recomputePerson } from './recompute-person.js';

const identityId = '0198c0de-0000-5000-8000-00000000000a';
const hourMs = 3_600_000;
const start = Date.parse('2026-03-02T09:00:00.000Z');
const packages = ['base', 'payer', 'approver', 'field', 'auditor', 'spare'] as const;
type PackageId = (typeof packages)[number];

const document = (id: PackageId, more: Partial<AccessPackage> = {}): AccessPackage => ({
  displayName: id,
  description: null,
  status: 'published',
  owners: [],
  includes: [],
  justInTime: null,
  breakGlass: null,
  grants: [
    { application: 'wiki', account: true },
    { application: 'wiki', group: id },
  ],
  eligibility: id === 'auditor' ? 'department eq "Sales"' : null,
  eligibilityLost: id === 'auditor' ? 'approve-again' : 'end',
  graceDays: id === 'auditor' ? 3 : 0,
  requestFor: 'self',
  requireJustification: false,
  approval: 'none',
  maxDuration: null,
  extendable: true,
  suspendOnLeave: id === 'field',
  incompatibleWith: id === 'payer' ? ['approver'] : [],
  review: null,
  successor: null,
  ...more,
});

/**
 * Everybody in engineering gets one package by a rule, and auditors another that excludes the first's partner. Who works in
 * the field does not audit.
 */
const firstCatalog = new CatalogSnapshot(1, [
  ...packages.map((id) => ({ kind: 'access-package' as const, id, version: 1, document: document(id) })),
  {
    kind: 'birthright-rule' as const,
    id: 'engineers',
    version: 1,
    document: {
      displayName: 'Engineers',
      filter: 'department eq "Engineering"',
      packages: ['base', 'approver'],
      privilegedException: null,
      privilegedExceptionUntil: null,
      graceDays: 2,
    },
  },
  {
    kind: 'mover-rule' as const,
    id: 'everybody',
    version: 1,
    document: {
      displayName: 'The new manager looks at what people keep',
      filter: null,
      requestedAccess: 'review' as const,
      days: 5,
      renames: [{ attribute: 'department' as const, from: 'Selling', to: 'Sales' }],
    },
  },
  {
    kind: 'separation-rule' as const,
    id: 'field-audit',
    version: 1,
    document: {
      displayName: 'Who works in the field does not audit',
      left: ['field'],
      right: [{ application: 'wiki', group: 'auditor' }],
      mode: 'prevent' as const,
      compensatingControls: [],
      owners: [],
      dueIn: 'P30D',
    },
  },
]);

type Act =
  | { readonly act: 'ask'; readonly packageId: PackageId; readonly startsIn: number; readonly lasts: number | null }
  | { readonly act: 'wait'; readonly hours: number }
  | { readonly act: 'move'; readonly department: 'Engineering' | 'Sales' | 'Selling' }
  | { readonly act: 'status'; readonly status: KnownIdentity['status'] }
  | { readonly act: 'give-up'; readonly index: number }
  | { readonly act: 'extend'; readonly index: number; readonly hours: number }
  | { readonly act: 'give'; readonly packageId: PackageId; readonly type: 'direct' | 'just-in-time' | 'break-glass' }
  | { readonly act: 'except'; readonly rule: string; readonly lasts: number }
  | { readonly act: 'withdraw'; readonly index: number }
  | { readonly act: 'exclude'; readonly index: number; readonly lasts: number }
  | { readonly act: 'include'; readonly index: number }
  | { readonly act: 'answer'; readonly index: number; readonly decision: 'keep' | 'drop' }
  | { readonly act: 'rehire' }
  | { readonly act: 'deliver' }
  /** A version of a package grants one group more, or that group no more. */
  | { readonly act: 'version'; readonly packageId: PackageId; readonly more: boolean }
  | { readonly act: 'retire'; readonly packageId: 'base' | 'field'; readonly successor: 'spare' | null }
  | { readonly act: 'rule'; readonly filter: string; readonly packages: readonly PackageId[] };

const acts: fc.Arbitrary<Act> = fc.oneof(
  fc.record({
    act: fc.constant('ask' as const),
    packageId: fc.constantFrom(...packages),
    startsIn: fc.constantFrom(0, 0, 12, 48),
    lasts: fc.option(fc.integer({ min: 1, max: 500 })),
  }),
  fc.record({ act: fc.constant('wait' as const), hours: fc.integer({ min: 1, max: 400 }) }),
  fc.record({
    act: fc.constant('move' as const),
    department: fc.constantFrom('Engineering' as const, 'Sales' as const, 'Selling' as const),
  }),
  fc.record({
    act: fc.constant('status' as const),
    status: fc.constantFrom('active' as const, 'on-leave' as const, 'inactive' as const),
  }),
  fc.record({ act: fc.constant('give-up' as const), index: fc.nat(3) }),
  fc.record({
    act: fc.constant('extend' as const),
    index: fc.nat(3),
    hours: fc.integer({ min: 1, max: 400 }),
  }),
  fc.record({
    act: fc.constant('give' as const),
    packageId: fc.constantFrom(...packages),
    type: fc.constantFrom('direct' as const, 'just-in-time' as const, 'break-glass' as const),
  }),
  fc.record({
    act: fc.constant('except' as const),
    rule: fc.constantFrom('package:payer', 'field-audit'),
    lasts: fc.integer({ min: 1, max: 500 }),
  }),
  fc.record({ act: fc.constant('withdraw' as const), index: fc.nat(1) }),
  fc.record({ act: fc.constant('exclude' as const), index: fc.nat(3), lasts: fc.integer({ min: 1, max: 200 }) }),
  fc.record({ act: fc.constant('include' as const), index: fc.nat(1) }),
  fc.record({
    act: fc.constant('answer' as const),
    index: fc.nat(3),
    decision: fc.constantFrom('keep' as const, 'drop' as const),
  }),
  fc.record({ act: fc.constant('rehire' as const) }),
  fc.record({ act: fc.constant('deliver' as const) }),
  fc.record({ act: fc.constant('version' as const), packageId: fc.constantFrom(...packages), more: fc.boolean() }),
  fc.record({
    act: fc.constant('retire' as const),
    packageId: fc.constantFrom('base' as const, 'field' as const),
    successor: fc.constantFrom('spare' as const, null),
  }),
  fc.record({
    act: fc.constant('rule' as const),
    filter: fc.constantFrom('department eq "Engineering"', 'department eq "Sales"', 'id pr'),
    packages: fc.subarray(['base', 'approver', 'auditor', 'field'] as const),
  }),
);

interface World {
  readonly person: Person & { readonly identity: { readonly state: KnownIdentity } };
  readonly now: number;
  readonly ids: number;
  readonly catalog: CatalogSnapshot;
}

const instant = (ms: number): string => new Date(ms).toISOString();

/** What the person asks for in this act, as an approved request would. */
function askedIn(act: Act, { person, now, ids, catalog }: World): Changes {
  const { assignments } = person.access.state;
  const offered = (id: PackageId): boolean => catalog.accessPackage(id)?.document.status === 'published';
  switch (act.act) {
    case 'ask': {
      const { packageId } = act;
      const held = assignments.map((one) => one.packageId);
      const excepted = exceptedRules(person.access.state, instant(now));
      const refused = held.includes(packageId) || catalog.separation.conflictsOf(packageId, held, excepted).length > 0;
      if (refused || !offered(packageId) || person.identity.state.status === 'inactive') return noChanges;
      const since = now + act.startsIn * hourMs;
      const terms = {
        assignmentId: `q${ids}`,
        identityId,
        packageId,
        packageVersion: 1,
        cause: { type: 'request' as const, request: `q${ids}`, approvers: [] },
        since: instant(since),
      };
      const until = act.lasts === null ? {} : { until: instant(since + act.lasts * hourMs) };
      return { ...noChanges, created: [{ ...terms, ...until }] };
    }
    case 'give-up': {
      const assignment = assignments[act.index];
      if (assignment?.cause.type !== 'request') return noChanges;
      return { ...noChanges, revoked: [{ assignment, code: 'given_up', reason: null }] };
    }
    case 'extend': {
      const assignment = assignments[act.index];
      if (assignment?.until === undefined || assignment.until <= instant(now)) return noChanges;
      const until = instant(Date.parse(assignment.until) + act.hours * hourMs);
      return { ...noChanges, steps: [{ is: 'extended', assignment, until, request: `q${ids}` }] };
    }
    case 'give': {
      // The step that gives it does not check what excludes it.
      const { packageId, type } = act;
      if (!offered(packageId) || assignments.some((one) => one.packageId === packageId)) return noChanges;
      if (person.identity.state.status === 'inactive') return noChanges;
      const until = instant(now + 8 * hourMs);
      const cause = { type, by: 'owner' };
      const terms = {
        assignmentId: `q${ids}`,
        identityId,
        packageId,
        packageVersion: 1,
        cause,
        since: instant(now),
        until,
      };
      return { ...noChanges, created: [terms] };
    }
    case 'except': {
      if (person.identity.state.status === 'inactive') return noChanges;
      const until = instant(now + act.lasts * hourMs);
      const granted = {
        exceptionId: `q${ids}`,
        identityId,
        rule: act.rule,
        grantedBy: 'owner',
        until,
        mitigation: 'x',
      };
      return { ...noChanges, exceptions: { granted: [granted], withdrawn: [] } };
    }
    case 'withdraw': {
      const { exceptions } = person.access.state;
      const withdrawn = exceptions.slice(act.index, act.index + 1).map(({ exceptionId }) => exceptionId);
      return { ...noChanges, exceptions: { granted: [], withdrawn } };
    }
    case 'exclude': {
      const assignment = assignments[act.index];
      if (assignment === undefined) return noChanges;
      const exclusion = { exclusionId: `q${ids}`, excludedBy: 'admin', until: instant(now + act.lasts * hourMs) };
      const revoking = { code: 'revoked_by_administrator' as const, reason: 'x', exclusion };
      return revoke(assignment.assignmentId, revoking, person.access.state);
    }
    case 'include': {
      const ended = person.access.state.exclusions.slice(act.index, act.index + 1).map((one) => one.exclusionId);
      return { ...noChanges, exclusions: { made: [], ended } };
    }
    case 'answer': {
      const assignment = assignments[act.index];
      if (assignment?.grace?.decides !== 'manager') return noChanges;
      const word = { decision: act.decision, until: null, reason: 'x' };
      return decideOnKept(assignment.assignmentId, word, person.access.state);
    }
    default:
      return noChanges;
  }
}

function identityAfter(act: Act, state: KnownIdentity): KnownIdentity {
  if (act.act === 'status') return { ...state, status: act.status };
  const record = state.person?.records['w'];
  if (record === undefined || state.person === null) return state;
  if (act.act === 'rehire') {
    if (state.status !== 'inactive') return state;
    const again = { w: { ...record, hireDate: `${record.hireDate}, again` } };
    return { ...state, status: 'active', person: { ...state.person, records: again } };
  }
  if (act.act !== 'move') return state;
  const records = { w: { ...record, department: act.department } };
  return { ...state, person: { ...state.person, records } };
}

/** The catalog after a change; what a version adds is released at once. */
function catalogAfter(act: Act, catalog: CatalogSnapshot): CatalogSnapshot {
  if (act.act === 'rule') {
    const { document: rule } = catalog.documentOf('birthright-rule', 'engineers') ?? {};
    if (rule === undefined) throw new Error('there is no rule');
    const changed = { ...rule, filter: act.filter, packages: act.packages };
    return catalog.with({ kind: 'birthright-rule', id: 'engineers', document: changed });
  }
  if (act.act !== 'version' && act.act !== 'retire') return catalog;
  const { packageId: id } = act;
  const { document: known } = catalog.accessPackage(id) ?? {};
  if (known === undefined || known.status === 'retired') return catalog;
  if (act.act === 'retire') {
    const successor =
      catalog.accessPackage(act.successor ?? '')?.document.status === 'published' ? act.successor : null;
    return catalog.with({ kind: 'access-package', id, document: { ...known, status: 'retired', successor } });
  }
  const extra = { application: 'wiki', group: `${id}-extra` };
  const { grants } = document(id);
  return catalog.with({
    kind: 'access-package',
    id,
    document: { ...known, grants: act.more ? [...grants, extra] : grants },
  });
}

/** The application has given everything. */
function delivered({ person, ...world }: World): World {
  const state = person.access.state.assignments.reduce<Access>(
    (before, { assignmentId, applications }) =>
      applications.reduce<Access>((now, carried) => {
        const held = now.assignments.find((one) => one.assignmentId === assignmentId);
        if (held === undefined || carried.sequence === null) return now;
        return access.evolve(now, carriedAgain(held, { ...carried, delivery: 'delivered' }));
      }, before),
    person.access.state,
  );
  return { ...world, person: { ...person, access: { ...person.access, state } } };
}

function step(before: World, act: Act): World {
  const reported = act.act === 'deliver' ? delivered(before) : before;
  const world = { ...reported, catalog: catalogAfter(act, reported.catalog) };
  const { catalog } = world;
  const now = world.now + (act.act === 'wait' ? act.hours * hourMs : 0);
  const state = identityAfter(act, world.person.identity.state);
  const person = { ...world.person, identity: { ...world.person.identity, state } };
  let made = 0;
  const formerly = world.person.identity.state;
  const given = { at: instant(now), epoch: 1, newId: () => `r${world.ids}.${(made += 1)}`, formerly };
  const facts = recomputePerson(person, catalog, askedIn(act, { ...world, person, now }), given);
  const held = facts.access.reduce<Access>(access.evolve, person.access.state);
  const desired = new Map(person.desired);
  for (const fact of facts.desired) {
    const former = desired.get('wiki') ?? { id: 'wiki', state: null, version: 0 };
    desired.set('wiki', { ...former, state: desiredAccess.evolve(former.state, fact), version: former.version + 1 });
  }
  return {
    ...{ catalog, now, ids: world.ids + 1 },
    person: { ...person, access: { ...person.access, state: held }, desired },
  };
}

const nobody: World = {
  person: {
    ...unknownPerson(identityId),
    identity: {
      id: identityId,
      version: 1,
      state: {
        identityId,
        status: 'active',
        kind: 'person',
        managerId: null,
        primaryWorkerId: 'w',
        employments: [],
        person: {
          displayName: 'Ada',
          userName: 'ada',
          tokenSubjects: [],
          records: { w: { employeeId: '1', familyName: 'L', hireDate: '2026-01-01', department: 'Sales' } },
        },
      },
    },
  },
  now: start,
  ids: 0,
  catalog: firstCatalog,
};

const entitlementsOf = ({ person }: World) => person.desired.get('wiki')?.state?.entitlements ?? [];
const activeIn = ({ person }: World) => person.access.state.assignments.filter(({ phase }) => phase === 'active');

/** What holds after every act. */
function expectInvariants(world: World): void {
  const { catalog } = world;
  const { assignments } = world.person.access.state;
  const active = activeIn(world);
  const ids = new Set(active.map(({ assignmentId }) => assignmentId));
  const causes = entitlementsOf(world).flatMap(({ because }) => because);
  expect(causes.filter((id) => !ids.has(id))).toEqual([]);
  const justified = new Set(causes);
  expect(active.filter(({ assignmentId }) => !justified.has(assignmentId))).toEqual([]);
  if (world.person.identity.state.status === 'inactive') expect([assignments, entitlementsOf(world)]).toEqual([[], []]);
  const begun = assignments.filter(({ phase }) => phase !== 'scheduled').map(({ packageId }) => packageId);
  const { exceptions, findings } = world.person.access.state;
  const excepted = exceptedRules({ exceptions }, instant(world.now));
  expect(catalog.separation.prevented(begun, excepted)).toEqual([]);
  const violated = catalog.separation.among(begun).map(({ rule, packages: of }) => ({ rule, packages: of }));
  expect(findings.map(({ rule, packages: of }) => ({ rule, packages: of }))).toEqual(expect.arrayContaining(violated));
  expect([findings.length, findings.every(({ status }) => status === 'excepted')]).toEqual([violated.length, true]);
  expect(new Set(begun).size).toBe(begun.length);
  const now = instant(world.now);
  expect(assignments.filter(({ until }) => until !== undefined && until <= now)).toEqual([]);
  expect(active.filter(({ since }) => since > now)).toEqual([]);
  expectGrounds(world, now);
  expectGranted(world, active);
}

/** What the person should have is what their packages grant to them, and no retired package gives without a successor. */
function expectGranted(world: World, active: ReturnType<typeof activeIn>): void {
  const { catalog } = world;
  const granted = active.flatMap(({ packageId, reached }) => catalog.grantsTo(packageId, reached));
  const groups = granted.flatMap((one) => ('group' in one ? [one.group] : []));
  const should = entitlementsOf(world).flatMap((one) => ('group' in one ? [one.group] : []));
  expect(should.toSorted()).toEqual([...new Set(groups)].toSorted());
  const { assignments } = world.person.access.state;
  const retired = assignments.filter(
    ({ packageId }) => catalog.accessPackage(packageId)?.document.status === 'retired',
  );
  expect(retired.filter(({ movesTo }) => movesTo === null)).toEqual([]);
  const held = new Set(assignments.map(({ packageId }) => packageId));
  expect(retired.filter(({ movesTo }) => !held.has(movesTo ?? ''))).toEqual([]);
}

/** What is held has its grounds, or a time to go; what a rule gives is held, excluded or withheld. */
function expectGrounds({ person, catalog }: World, now: string): void {
  const { assignments, exclusions, withheld } = person.access.state;
  expect(assignments.filter(({ grace }) => grace !== null && grace.until <= now)).toEqual([]);
  expect(exclusions.filter(({ until }) => until <= now)).toEqual([]);
  const excluded = new Set(exclusions.map(({ packageId }) => packageId));
  const byRule = assignments.filter(({ cause }) => cause.type === 'birthright');
  expect(byRule.filter(({ packageId }) => excluded.has(packageId))).toEqual([]);
  const held = new Set(assignments.map(({ packageId }) => packageId));
  expect(withheld.filter(({ packageId }) => held.has(packageId))).toEqual([]);
  expect(withheld.filter(({ because }) => because.length === 0)).toEqual([]);
  const { status } = person.identity.state;
  const resource = filterResourceOf(person.identity.state);
  const wanted = status === 'inactive' ? [] : catalog.birthrightsOf(resource).map(({ packageId }) => packageId);
  const told = new Set([...held, ...excluded, ...withheld.map(({ packageId }) => packageId)]);
  expect(wanted.filter((packageId) => !told.has(packageId))).toEqual([]);
  expect(withheld.filter(({ packageId }) => !wanted.includes(packageId))).toEqual([]);
  const given = new Set(wanted);
  const staying = byRule.filter(({ grace, movesTo }) => grace === null && movesTo === null);
  expect(staying.filter(({ packageId }) => !given.has(packageId))).toEqual([]);
}

/** A person who is hired again has nothing by request at that moment. */
function expectNothingBack(before: World, act: Act, after: World): void {
  if (act.act !== 'rehire' || before.person.identity.state.status !== 'inactive') return;
  const { assignments } = after.person.access.state;
  expect(assignments.filter(({ cause }) => cause.type !== 'birthright')).toEqual([]);
}

describe('whatever happens to a person', () => {
  it('access has a live cause and every cause its access, leavers hold nothing, and incompatible packages never meet', () => {
    fc.assert(
      fc.property(fc.array(acts, { maxLength: 30, size: 'max' }), (sequence) => {
        let world = nobody;
        for (const act of sequence) {
          const before = world;
          world = step(world, act);
          expectInvariants(world);
          expectNothingBack(before, act, world);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('deciding again at the same instant gives and takes nothing, and at last changes nothing', () => {
    fc.assert(
      fc.property(fc.array(acts, { maxLength: 20, size: 'max' }), (sequence) => {
        const world = sequence.reduce(step, nobody);
        const again = step(world, { act: 'wait', hours: 0 });
        expect(entitlementsOf(again)).toEqual(entitlementsOf(world));
        const last = step(again, { act: 'wait', hours: 0 });
        expect(last.person.access.state).toEqual(again.person.access.state);
      }),
      { numRuns: 100 },
    );
  });
});
