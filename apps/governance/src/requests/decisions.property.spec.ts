import fc from 'fast-check';
import { DomainError } from '#libs/event-store/core.js';
import type { ApprovalStage } from '#libs/contracts/catalog.js';
import type { AccessRequestEvent } from './access-request.events.js';
import { accessRequest, type AccessRequest, type Asked } from './access-request.js';
import { escalationOf, openingOf, reportsToOneOf, type AboutApprovers } from './approvers.js';
import { decide } from './decide.js';
import { cancelForLeaver, reassign, remind, reopen, requested, reroute, timeOut, withdraw } from './open-request.js';

const hourMs = 3_600_000;
const start = Date.parse('2026-03-02T09:00:00.000Z');
const instant = (ms: number): string => new Date(ms).toISOString();
/** Grace asks for Ada. Both are also named as approvers; Rob reports to Ada. */
const people = ['grace', 'ada', 'rob', 'mia', 'max', 'olga', 'otto', 'sven'] as const;
type Who = (typeof people)[number];
const request = {
  requestId: 'q',
  packageId: 'p',
  packageVersion: 1,
  requesterId: 'grace',
  beneficiaryId: 'ada',
} as const;
const stages: readonly ApprovalStage[] = [
  {
    ...{ approvers: ['manager', 'user:grace', 'user:rob'], quorum: 1, timeout: 'P2D', onTimeout: 'escalate' },
    escalateTo: ['user:sven', 'user:ada'],
  },
  {
    approvers: ['application-owner', 'user:max'],
    quorum: 2,
    timeout: 'P3D',
    onTimeout: 'deny',
    escalateTo: ['user:sven'],
  },
];

interface World {
  readonly state: AccessRequest;
  readonly now: number;
  readonly away: ReadonlySet<Who>;
  readonly gone: ReadonlySet<Who>;
  readonly managers: Readonly<Partial<Record<Who, Who>>>;
  /** From whom to whom. */
  readonly delegations: readonly (readonly [Who, Who])[];
}

type Act =
  | { readonly act: 'decide'; readonly who: Who; readonly decision: 'approve' | 'deny' }
  | { readonly act: 'wait'; readonly hours: number }
  | { readonly act: 'leave-work' | 'go-away' | 'come-back'; readonly who: Who }
  | { readonly act: 'manager'; readonly who: Who }
  | { readonly act: 'delegate'; readonly who: Who; readonly to: Who }
  | { readonly act: 'reassign'; readonly who: Who }
  | { readonly act: 'remind' | 'withdraw' | 'beneficiary-leaves' | 'leaving-rescinded' };

const who = fc.constantFrom(...people);
const of = <A extends Act['act']>(act: A) => fc.constant(act);
const acts: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ act: of('decide'), who, decision: fc.constantFrom('approve', 'approve', 'deny') }),
  },
  fc.record({ act: of('wait'), hours: fc.integer({ min: 1, max: 60 }) }),
  fc.record({ act: fc.constantFrom('leave-work' as const, 'go-away' as const, 'come-back' as const), who }),
  fc.record({ act: of('manager'), who }),
  { weight: 2, arbitrary: fc.record({ act: of('delegate'), who, to: who }) },
  fc.record({ act: of('reassign'), who }),
  fc.record({
    act: fc.constantFrom(
      'remind' as const,
      'withdraw' as const,
      'beneficiary-leaves' as const,
      'leaving-rescinded' as const,
    ),
  }),
);

const isWho = (id: string): id is Who => people.some((one) => one === id);
const peopleIn = ({ away, gone, managers, delegations }: World): AboutApprovers['people'] => ({
  statusOf: (id) => (!isWho(id) ? null : gone.has(id) ? 'inactive' : away.has(id) ? 'on-leave' : 'active'),
  managerOf: (id) => (isWho(id) ? (managers[id] ?? null) : null),
  holdersOf: () => [],
  hasDelegate: (id) => delegations.some(([from]) => from === id),
});
const about = (world: World, { decisions, stage }: Asked): AboutApprovers => ({
  ...{ requesterId: 'grace', beneficiaryId: 'ada', managerId: world.managers.ada ?? null, managerNamed: true },
  ...{ applications: ['wiki'], ownersOf: () => new Set(['olga', 'otto']), people: peopleIn(world) },
  decidedBefore: new Set(decisions.filter((one) => one.stage < stage).map(({ approverId }) => approverId)),
  excepted: new Set(),
});
const reportsTo = (id: string, world: World): boolean => reportsToOneOf(id, ['grace', 'ada'], peopleIn(world));

/** What the hub does with this act, as its commands and timers do. */
function factsOf(act: Act, world: World): readonly AccessRequestEvent[] {
  const { state } = world;
  const at = instant(world.now);
  switch (act.act) {
    case 'decide':
      return decidedBy(act, world);
    case 'wait': {
      if (state.status !== 'pending') return [];
      const stage = stages[state.stage];
      const escalation = stage === undefined ? null : escalationOf(stage, state.approverIds ?? [], about(world, state));
      return timeOut(at, escalation, state);
    }
    case 'remind':
      return remind(at, state);
    case 'withdraw':
      return withdraw({ identityId: 'grace', at }, state);
    case 'reassign':
      if (act.who === 'grace' || act.who === 'ada' || reportsTo(act.who, world)) return [];
      return reassign({ approverIds: [act.who], reason: 'x', at }, state);
    case 'beneficiary-leaves':
      return cancelForLeaver('beneficiary_left', at, state);
    case 'leaving-rescinded':
      return reopen({ leftAt: instant(start), hireDate: '2026-01-01' }, at, state);
    default:
      return rerouted(world);
  }
}

function rerouted(world: World): readonly AccessRequestEvent[] {
  const { state } = world;
  const stage = state.status === 'pending' ? stages[state.stage] : undefined;
  if (state.status !== 'pending' || stage === undefined) return [];
  const usable = (id: string): boolean => peopleIn(world).statusOf(id) === 'active';
  return reroute(openingOf(stage, about(world, state)), usable, instant(world.now), state);
}

function decidedBy({ who: approverId, decision }: Extract<Act, { act: 'decide' }>, world: World): AccessRequestEvent[] {
  const { state, now, gone } = world;
  if (!('decisions' in state) || gone.has(approverId)) return [];
  const delegators = world.delegations.filter(([, to]) => to === approverId).map(([from]) => from);
  const superiors = reportsTo(approverId, world);
  const by = { approverId, decision, comment: null, endsAt: null, at: instant(now), excepted: false, shown: null };
  const next = stages[state.stage + 1];
  const decided = { ...state, decisions: [...state.decisions, decisionOf(state, approverId)], stage: state.stage + 1 };
  const opening = next === undefined ? null : openingOf(next, about(world, decided));
  const statement = { ...by, named: new Set(state.approverIds ?? []), delegators, superiors };
  return decide(statement, { opening, completion: { outcome: 'assign', assignmentId: 'a' } }, state);
}

const decisionOf = ({ stage }: Asked, approverId: string): Asked['decisions'][number] => ({
  ...{ stage, approverId, onBehalfOf: null, decision: 'approve', decidedAt: '', comment: null },
  ...{ endsAt: null, shown: null },
});

function peopleAfter(act: Act, world: World): World {
  const without = (set: ReadonlySet<Who>, one: Who): ReadonlySet<Who> => new Set([...set].filter((id) => id !== one));
  switch (act.act) {
    case 'leave-work':
      return { ...world, gone: new Set([...world.gone, act.who]) };
    case 'go-away':
      return { ...world, away: new Set([...world.away, act.who]) };
    case 'come-back':
      return { ...world, away: without(world.away, act.who), gone: without(world.gone, act.who) };
    case 'manager':
      return act.who === 'ada' ? world : { ...world, managers: { ...world.managers, ada: act.who } };
    case 'delegate':
      return { ...world, delegations: [...world.delegations, [act.who, act.to]] };
    case 'wait':
      return { ...world, now: world.now + act.hours * hourMs };
    default:
      return world;
  }
}

/** A refusal changes nothing. */
function step(before: World, act: Act): { readonly world: World; readonly facts: readonly AccessRequestEvent[] } {
  const world = peopleAfter(act, before);
  try {
    const facts = factsOf(act, world);
    return { world: { ...world, state: facts.reduce(accessRequest.evolve, world.state) }, facts };
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return { world, facts: [] };
  }
}

const asked = requested(
  {
    ...{ request, stages, applications: ['wiki'], requestedAt: instant(start) },
    ...{ dueAt: '2026-03-04T09:00:00.000Z', approverIds: ['mia'], quorum: 1 },
  },
  null,
);
const begun: World = {
  state: accessRequest.evolve(accessRequest.initial, asked),
  ...{ now: start, away: new Set(), gone: new Set(), delegations: [] },
  managers: { ada: 'mia', mia: 'sven', rob: 'ada' },
};

const isClosed = ({ status }: AccessRequest): boolean => !['pending', 'absent'].includes(status);

/** @param before the request when these facts were decided */
function expectInvariants(before: AccessRequest, facts: readonly AccessRequestEvent[], { state }: World): void {
  // Nothing follows the end but the end of a leaving that did not hold.
  const after = facts.filter(({ type }) => type !== 'RequestReopened');
  expect(isClosed(before) ? after : []).toEqual([]);
  if (!('decisions' in state)) return;
  const own = state.decisions.flatMap(({ approverId, onBehalfOf }) => [approverId, onBehalfOf]);
  expect(own.filter((id) => id === 'grace' || id === 'ada')).toEqual([]);
  const seats = state.decisions.map(({ stage, approverId, onBehalfOf }) => `${stage} ${onBehalfOf ?? approverId}`);
  expect(new Set(seats).size).toBe(seats.length);
  // Each stage is decided by other people.
  expect(new Set(state.decisions.map(({ approverId }) => approverId)).size).toBe(state.decisions.length);
  const denied = state.decisions.some(({ decision }) => decision === 'deny');
  expect(denied && state.status !== 'denied').toBe(false);
  if (state.status !== 'approved') return;
  const approvals = Map.groupBy(state.decisions, ({ stage }) => stage);
  expect(stages.map((_, stage) => (approvals.get(stage)?.length ?? 0) > 0)).toEqual([true, true]);
  expect(approvals.get(1)?.length).toBeGreaterThanOrEqual(2);
}

describe('whatever happens to a request', () => {
  it('nobody decides for themselves or twice, each stage has its approvals, and an end is the end', () => {
    fc.assert(
      fc.property(fc.array(acts, { maxLength: 25, size: 'max' }), (sequence) => {
        let world = begun;
        for (const act of sequence) {
          const former = world.state;
          const next = step(world, act);
          world = next.world;
          expectInvariants(former, next.facts, world);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('reaches each end by acts of the model', () => {
    const decides = (one: Who, decision: 'approve' | 'deny' = 'approve'): Act => ({
      act: 'decide',
      who: one,
      decision,
    });
    const waits: Act = { act: 'wait', hours: 60 };
    const endOf = (...sequence: Act[]) => sequence.reduce((world, act) => step(world, act).world, begun).state.status;
    expect([
      endOf(decides('mia'), decides('max'), decides('olga')),
      endOf(decides('mia', 'deny')),
      endOf(decides('mia'), waits, waits),
      endOf({ act: 'beneficiary-leaves' }),
      endOf({ act: 'beneficiary-leaves' }, { act: 'leaving-rescinded' }),
    ]).toEqual(['approved', 'denied', 'expired', 'cancelled', 'pending']);
  });

  it('who reports to the requester or the beneficiary never decides', () => {
    fc.assert(
      fc.property(fc.array(acts, { maxLength: 25, size: 'max' }), (sequence) => {
        let world = begun;
        const reports = sequence.flatMap((act) => {
          const { facts, world: next } = step(world, act);
          world = next;
          const deciders = facts.flatMap((fact) => (fact.type === 'RequestDecided' ? [fact.data.approverId] : []));
          return deciders.filter((id) => reportsTo(id, next));
        });
        expect(reports).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });
});
