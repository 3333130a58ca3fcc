import type { WorkerAttributes } from '#libs/contracts/hr-lifecycle.js';
import { madeName, numberedName, patternedName } from './user-name.js';
import { filterResourceOf, mappingAttributesOf } from '../people/person-batch.js';
import type { IdentityEvent } from './identity.events.js';
import {
  attributesOf,
  identity,
  lockIdentity,
  recordEmployment,
  releaseIdentity,
  resolveManager,
  type EmploymentStatement,
  type Identity,
  type KnownIdentity,
  type Surroundings,
} from './identity.js';

const ada = '0198c0de-0000-5000-8000-00000000000a';
const grace = '0198c0de-0000-5000-8000-00000000000b';
const linus = '0198c0de-0000-5000-8000-00000000000c';

const record = (more: Partial<WorkerAttributes> = {}): WorkerAttributes => ({
  employeeId: '1001',
  givenName: 'Ada',
  familyName: 'Lovelace',
  hireDate: '2026-03-02',
  ...more,
});
const stated = (more: Partial<EmploymentStatement> = {}): EmploymentStatement => ({
  identityId: ada,
  workerId: 'w1',
  employed: true,
  onLeave: false,
  attributes: record(),
  at: '2026-03-02T08:00:00.000Z',
  ...more,
});
const nobody = { made: madeName, isTaken: () => false, isOthersAddress: () => false, wasGiven: () => false };
const alone: Surroundings = { holderOf: () => null, names: nobody };
const fold = (events: readonly IdentityEvent[], from: Identity = identity.initial): Identity =>
  events.reduce(identity.evolve, from);
const after = (...statements: readonly EmploymentStatement[]): KnownIdentity => {
  let state = identity.initial;
  for (const one of statements) state = fold(recordEmployment(one, alone, state), state);
  if (state.status === 'absent') throw new Error('nobody joined');
  return state;
};

describe('an identity', () => {
  it('joins with the first statement, named and numbered from its day on', () => {
    const state = after(stated());
    expect(state).toMatchObject({ status: 'active', kind: 'person', primaryWorkerId: 'w1', managerId: null });
    expect(state.person).toMatchObject({
      displayName: 'Ada Lovelace',
      userName: 'ada.lovelace',
      tokenSubjects: [{ subject: '1001', from: '2026-03-02T08:00:00.000Z', until: null }],
    });
  });

  it('says nothing when a statement changes nothing', () => {
    expect(recordEmployment(stated({ at: '2026-04-01T00:00:00.000Z' }), alone, after(stated()))).toEqual([]);
  });

  it.each([
    ['IdentityChanged', [stated()], stated({ attributes: record({ department: 'Sales' }) }), 'active'],
    ['IdentityChanged', [stated()], stated({ onLeave: true }), 'on-leave'],
    ['IdentityLeft', [stated()], stated({ employed: false }), 'inactive'],
    ['IdentityReturned', [stated(), stated({ employed: false })], stated(), 'active'],
    ['IdentityChanged', [stated(), stated({ workerId: 'w2' })], stated({ employed: false }), 'active'],
    [
      'IdentityLeft',
      [stated(), stated({ workerId: 'w2' }), stated({ employed: false })],
      stated({ workerId: 'w2', employed: false }),
      'inactive',
    ],
    ['IdentityChanged', [stated(), stated({ workerId: 'w2' })], stated({ onLeave: true }), 'active'],
  ] as const)('%s after %j, then %j: %s', (type, given, when, status) => {
    const state = after(...given);
    const [event, ...others] = recordEmployment(when, alone, state);
    expect([event?.type, event?.data.status, others]).toEqual([type, status, []]);
  });

  it('shows the live employment that began first', () => {
    const second = { ...record(), employeeId: '2001', hireDate: '2025-01-01' };
    const both = after(stated(), stated({ workerId: 'w2', attributes: second }));
    expect(attributesOf(both)?.employeeId).toBe('2001');
    expect(
      attributesOf(
        after(
          stated(),
          stated({ workerId: 'w2', attributes: second }),
          stated({ workerId: 'w2', attributes: second, employed: false }),
        ),
      )?.employeeId,
    ).toBe('1001');
  });

  it('gives up its number when the employment ends, so that the next holder inherits nothing', () => {
    const left = after(stated(), stated({ employed: false, at: '2026-06-30T22:00:00.000Z' }));
    expect(left.person?.tokenSubjects).toEqual([
      { subject: '1001', from: '2026-03-02T08:00:00.000Z', until: '2026-06-30T22:00:00.000Z' },
    ]);
    const back = fold(recordEmployment(stated({ at: '2026-09-01T00:00:00.000Z' }), alone, left));
    expect(back.status !== 'absent' && back.person?.tokenSubjects.map(({ until }) => until)).toEqual([
      '2026-06-30T22:00:00.000Z',
      null,
    ]);
  });

  it('holds nothing personal outside its personal part', () => {
    const [event] = recordEmployment(
      stated({ attributes: record({ email: 'ada@example.org' }) }),
      alone,
      identity.initial,
    );
    expect(JSON.stringify(event?.data)).not.toMatch(/Ada|Lovelace|1001|ada@/i);
    expect(event?.personal.identity.subject).toBe(ada);
  });

  it('survives being forgotten', () => {
    const [event] = recordEmployment(stated(), alone, identity.initial);
    if (event === undefined) throw new Error('nobody joined');
    const forgotten = fold([{ ...event, personal: { identity: { subject: ada, fields: null } } }]);
    expect(forgotten).toMatchObject({ status: 'active', person: null });
    expect(recordEmployment(stated(), alone, forgotten)).toHaveLength(1);
  });
});

describe('the manager', () => {
  const under = (managerId: string) => stated({ attributes: record({ managerId }) });
  const holders = (map: Record<string, string>): Surroundings => ({
    ...alone,
    holderOf: (number) => map[number] ?? null,
  });
  const managed = fold(recordEmployment(under('1000'), holders({ '1000': grace }), identity.initial));

  it('is the live holder of the number HR names', () => {
    expect(managed).toMatchObject({ managerId: grace });
  });
  it('may come later', () => {
    const waiting = after(under('1000'));
    expect(waiting.managerId).toBeNull();
    expect(resolveManager(grace, waiting)).toMatchObject([{ type: 'IdentityChanged', data: { managerId: grace } }]);
    expect(resolveManager(linus, managed)).toEqual([]);
    expect(resolveManager(ada, waiting)).toEqual([]);
  });
  it('stays the same person while HR names the same number, although another person holds it now', () => {
    expect(recordEmployment(under('1000'), holders({ '1000': linus }), managed)).toEqual([]);
    expect(recordEmployment(under('1000'), alone, managed)).toEqual([]);
  });
  it('changes when HR names another number', () => {
    expect(recordEmployment(under('1002'), holders({ '1002': linus }), managed)).toMatchObject([
      { data: { managerId: linus } },
    ]);
    expect(recordEmployment(stated(), alone, managed)).toMatchObject([{ data: { managerId: null } }]);
  });
  it('is never oneself', () => {
    expect(recordEmployment(under('1001'), holders({ '1001': ada }), identity.initial)).toMatchObject([
      { data: { managerId: null } },
    ]);
  });
});

describe('the userName', () => {
  const named = (
    attributes: WorkerAttributes,
    taken: readonly string[] = [],
    state: Identity = identity.initial,
    addresses: readonly string[] = taken,
  ): string | undefined => {
    const names = {
      ...nobody,
      isTaken: (name: string) => taken.includes(name.toLowerCase()),
      made: madeName,
      isOthersAddress: (name: string) => addresses.includes(name.toLowerCase()),
    };
    const around = { ...alone, names };
    return recordEmployment(stated({ attributes }), around, state)[0]?.personal.identity.fields?.userName;
  };
  it('is the email, else made from the name', () => {
    expect(named(record({ email: 'Ada@Example.org' }))).toBe('Ada@Example.org');
    expect(named(record({ givenName: 'Zoë', familyName: "O'Neil-Großmann" }))).toBe('zoe.oneilgrossmann');
    expect(named({ employeeId: '1', familyName: '李', hireDate: '2026-01-01' })).toBe('li');
    expect(named({ employeeId: '1', familyName: '---', hireDate: '2026-01-01' })).toBe('user');
  });
  it('is never someone else’s', () => {
    expect(named(record({ email: 'ada@example.org' }), ['ada@example.org'])).toBe('ada.lovelace');
    expect(named(record(), ['ada.lovelace'])).toBe('ada.lovelace2');
    expect(named(record(), ['ada.lovelace', 'ada.lovelace2'])).toBe('ada.lovelace3');
  });
  it('is never one that was given to somebody else, also where nobody has it now', () => {
    const names = { ...nobody, wasGiven: (name: string) => name === 'ada.lovelace' };
    const [joined] = recordEmployment(stated(), { ...alone, names }, identity.initial);
    expect(joined?.personal.identity.fields?.userName).toBe('ada.lovelace2');
  });
  it('has the id where ten thousand people have the name', () => {
    const names = { ...nobody, wasGiven: () => true };
    const [joined] = recordEmployment(stated(), { ...alone, names }, identity.initial);
    expect(joined?.personal.identity.fields?.userName).toBe(`ada.lovelace.${ada}`);
  });
  it('is the email, also when somebody else still has that name whom HR gives another', () => {
    expect(named(record({ email: 'ada@example.org' }), ['ada@example.org'], identity.initial, [])).toBe(
      'ada@example.org',
    );
  });
  it('of somebody who left stays, and is given up when somebody else has it', () => {
    const left = (taken: readonly string[]) => {
      const state = after(stated({ attributes: record({ email: 'ada@example.org' }) }));
      const names = { ...nobody, isTaken: (name: string) => taken.includes(name) };
      const end = stated({
        attributes: record({ email: 'ada@example.org', terminationDate: '2026-01-01' }),
        employed: false,
      });
      return recordEmployment(end, { ...alone, names }, state)[0]?.personal.identity.fields?.userName;
    };
    expect(left([])).toBe('ada@example.org');
    expect(left(['ada@example.org'])).toBe('ada.lovelace');
  });
  it('follows the email and otherwise stays what it was', () => {
    const state = after(stated({ attributes: record({ email: 'ada@old.example' }) }));
    expect(named(record({ email: 'ada@new.example' }), [], state)).toBe('ada@new.example');
    expect(named(record({ familyName: 'King' }), [], state)).toBe('ada@old.example');
  });
});

describe('what others see of an identity', () => {
  const state = after(stated({ attributes: record({ status: 'active', department: 'Engineering' }), onLeave: true }));
  it('in filters: the worker’s fields, with its own id, status and kind', () => {
    expect(filterResourceOf(state)).toMatchObject({
      department: 'Engineering',
      id: ada,
      status: 'on-leave',
      kind: 'person',
    });
  });
  it('in mappings: the same with its names; a manager only if there is one', () => {
    expect(mappingAttributesOf(state)).toMatchObject({
      id: ada,
      userName: 'ada.lovelace',
      displayName: 'Ada Lovelace',
    });
    expect(mappingAttributesOf(state)).not.toHaveProperty('managerIdentity');
    expect(mappingAttributesOf({ ...state, managerId: grace })).toMatchObject({ managerIdentity: grace });
  });
});

describe('a person locked down by security', () => {
  const locked = (state: KnownIdentity = after(stated())): Identity => fold(lockIdentity(state), state);
  const told = (more: Partial<EmploymentStatement>, state: Identity): Identity =>
    fold(recordEmployment(stated(more), alone, state), state);

  it('has left, as far as all rules are concerned, and keeps name and number', () => {
    const state = after(stated());
    expect(lockIdentity(state)).toMatchObject([
      { type: 'IdentityLeft', data: { status: 'inactive', lockedDown: true } },
    ]);
    expect(locked()).toMatchObject({ person: state.person, employments: state.employments });
  });

  it('stays inactive whatever HR states: a change, a leave, a rehire', () => {
    expect(told({ attributes: record({ department: 'Sales' }) }, locked())).toMatchObject({
      status: 'inactive',
      lockedDown: true,
    });
    expect(told({ onLeave: true }, locked())).toMatchObject({ status: 'inactive', lockedDown: true });
    const rehired = told({ at: '2026-06-01T00:00:00.000Z' }, told({ employed: false }, locked()));
    expect(rehired).toMatchObject({ status: 'inactive', lockedDown: true, employments: [{ employed: true }] });
  });

  it('is after the release what HR states by then', () => {
    const released = (state: Identity): Identity => fold(releaseIdentity(state), state);
    expect(releaseIdentity(locked())).toMatchObject([{ type: 'IdentityReturned', data: { status: 'active' } }]);
    expect(released(locked())).not.toHaveProperty('lockedDown');
    expect(released(told({ onLeave: true }, locked()))).toMatchObject({ status: 'on-leave' });
    expect(released(told({ employed: false }, locked()))).toMatchObject({ status: 'inactive' });
  });

  it('who has left already does not come back by a rehire', () => {
    const gone = after(stated(), stated({ employed: false, at: '2026-04-01T00:00:00.000Z' }));
    expect(lockIdentity(gone)).toMatchObject([{ type: 'IdentityChanged', data: { lockedDown: true } }]);
    expect(told({ at: '2026-06-01T00:00:00.000Z' }, locked(gone))).toMatchObject({ status: 'inactive' });
  });

  it('is locked once and released once', () => {
    expect(lockIdentity(locked())).toEqual([]);
    expect(releaseIdentity(after(stated()))).toEqual([]);
    expect([lockIdentity(identity.initial), releaseIdentity(identity.initial)]).toEqual([[], []]);
  });
});

describe('a made name', () => {
  it.each([
    ['Søren', 'Ærø', 'soren.aero'],
    ['Łukasz', 'Żółć', 'lukasz.zolc'],
    ['Владимир', 'Иванов', 'vladimir.ivanov'],
    ['Ελένη', 'Παππά', 'eleni.pappa'],
    ['小龙', '李', 'xiaolong.li'],
    ['Jean-Luc', "d'Arc y Ríos", 'jeanluc.darcyrios'],
    ['', 'Pelé', 'pele'],
    [undefined, 'Suharto', 'suharto'],
    ['\u200b', '— —', 'user'],
  ])('of %s %s is %s', (givenName, familyName, made) => {
    expect(madeName({ familyName, ...(givenName === undefined ? {} : { givenName }) })).toBe(made);
  });
  it.each([
    ['x-Zoë.Öz', 'x-zoe.oz'],
    ['İlker_李', 'ilker_li'],
    ['..Ada..Byron.', 'ada.byron'],
    ['Ada Byron', 'adabyron'],
    ['Ada.Byron@Corp.Example', 'ada.byron@corp.example'],
    ['a@b@corp.example', 'a@bcorp.example'],
    ['A'.repeat(80), 'a'.repeat(56)],
    ['@corp.example', 'zoe.oz'],
    ['---', 'zoe.oz'],
    [null, 'zoe.oz'],
  ])('is what the pattern of an administrator gives, written plainly: %s', (pattern, name) => {
    expect(
      patternedName(pattern, { employeeId: '1', givenName: 'Zoë', familyName: 'Öz', hireDate: '2026-01-01' }),
    ).toBe(name);
  });
  it('has its number before an address', () => {
    expect([1, 2].map((number) => numberedName('ada@corp.example', number))).toEqual([
      'ada@corp.example',
      'ada2@corp.example',
    ]);
  });
  it('is short enough for the first part of an address, with a number of five digits', () => {
    const made = madeName({ givenName: 'A'.repeat(56), familyName: 'B'.repeat(100) });
    expect(made).toBe('a'.repeat(56));
    expect(numberedName(made, 10_000).length).toBeLessThanOrEqual(64);
  });
});
