import { leaksOf, textsIn } from '#libs/contracts/leaks.fixtures.js';
import { adaId, adaPerson, at, kindsOf, record, snapshot, story } from './worker.fixtures.js';
import { PersonDiffers } from './worker.errors.js';
import { nextDayMs, passTime, stateWorker, worker, type Snapshot } from './worker.js';

const now = '2026-03-02T10:00:00Z';

describe('the first record of a worker', () => {
  it('hires who has started', () => {
    expect(stateWorker(snapshot(record()), at(now), worker.initial)).toEqual([
      {
        type: 'WorkerHired',
        v: 1,
        data: { worker: adaId, person: adaPerson, employed: true, onLeave: false, awaitsDay: false },
        personal: { worker: { subject: adaId, fields: { attributes: record(), before: {} } } },
      },
    ]);
  });

  it('names nobody outside the personal part', () => {
    const [fact] = stateWorker(snapshot(record({ email: 'ada@example.com' })), at(now), worker.initial);
    const { personal, ...open } = fact ?? {};
    expect(textsIn(personal)).toContain('ada@example.com');
    expect(leaksOf(textsIn(personal), open)).toEqual([]);
  });

  it('waits for a first day to come', () => {
    const { facts, state } = story([[now, record({ hireDate: '2026-03-16' })]]);
    expect(facts[0]).toMatchObject([{ type: 'WorkerRecorded', data: { employed: false, awaitsDay: true } }]);
    expect(state.status === 'known' && nextDayMs(state, at(now))).toBe(Date.parse('2026-03-16T00:00:00Z'));
  });

  it('hires nobody whose employment is over already', () => {
    expect(kindsOf([[now, record({ terminationDate: '2026-02-27' })]])).toEqual([['Recorded']]);
  });

  it('hires someone on leave as on leave', () => {
    expect(story([[now, record({ status: 'on-leave' })]]).facts[0]).toMatchObject([
      { type: 'WorkerHired', data: { employed: true, onLeave: true } },
    ]);
  });
});

describe('the same snapshot twice', () => {
  it.each([
    ['of someone employed', record()],
    ['of someone to come', record({ hireDate: '2026-12-01' })],
    ['of someone gone', record({ terminationDate: '2026-02-01' })],
    ['with lists and custom fields', record({ phoneNumbers: ['1', '2'], custom: { a: 'x', b: 'y' } })],
  ])('%s says nothing', (_, stated) => {
    expect(
      kindsOf([
        [now, stated],
        [now, structuredClone(stated)],
        ['2026-03-02T23:00:00Z', stated],
      ])[1],
    ).toEqual([]);
  });

  it('does not mind the order of custom fields', () => {
    expect(
      kindsOf([
        [now, record({ custom: { a: 'x', b: 'y' } })],
        [now, record({ custom: { b: 'y', a: 'x' } })],
      ])[1],
    ).toEqual([]);
  });
});

describe('a record that differs', () => {
  const changed = (stated: object) =>
    story([
      [now, record({ department: 'Sales', managerId: '1' })],
      [now, record(stated)],
    ]).facts[1];

  it.each([
    ['department', { department: 'Research', managerId: '1' }, 'WorkerMoved'],
    ['jobTitle', { department: 'Sales', managerId: '1', jobTitle: 'Lead' }, 'WorkerMoved'],
    ['location', { department: 'Sales', managerId: '1', location: 'Leeds' }, 'WorkerMoved'],
    ['managerId', { department: 'Sales', managerId: '2' }, 'WorkerManagerChanged'],
    ['email', { department: 'Sales', managerId: '1', email: 'a@b.example' }, 'WorkerChanged'],
    ['familyName', { department: 'Sales', managerId: '1', familyName: 'King' }, 'WorkerChanged'],
  ])('in %s is of its own kind', (_, stated, type) => {
    expect(changed(stated)).toMatchObject([{ type }]);
  });

  it('gives the former values of what differs, null where there was none, and the whole state after', () => {
    const stated = { department: 'Sales', email: 'ada@example.com', familyName: 'King' };
    expect(changed(stated)?.[0]?.personal.worker.fields).toEqual({
      attributes: record(stated),
      before: { familyName: 'Lovelace', email: null, managerId: '1' },
    });
  });

  it('is one fact of the weightiest kind, however much differs', () => {
    const stated = { department: 'Research', managerId: '2', email: 'a@b.example' };
    expect(changed(stated)).toMatchObject([{ type: 'WorkerMoved' }]);
    expect(changed({ ...stated, terminationDate: '2026-03-01' })).toMatchObject([{ type: 'WorkerTerminated' }]);
    expect(Object.keys(changed(stated)?.[0]?.personal.worker.fields?.before ?? {})).toEqual([
      'email',
      'department',
      'managerId',
    ]);
  });

  it('of someone who is gone is still told, as not employed', () => {
    const gone = record({ terminationDate: '2026-02-01' });
    const { facts } = story([
      ['2026-01-10T00:00:00Z', record()],
      [now, gone],
      [now, { ...gone, email: 'a@b.example' }],
    ]);
    expect(facts[2]).toMatchObject([{ type: 'WorkerChanged', data: { employed: false } }]);
  });

  it('of someone to come is recorded, not told', () => {
    const ahead = record({ hireDate: '2026-06-01' });
    expect(
      kindsOf([
        [now, ahead],
        [now, { ...ahead, department: 'Sales' }],
      ])[1],
    ).toEqual(['Recorded']);
  });
});

describe('first days', () => {
  it('come with the day in the worker’s zone, once', () => {
    const stated = record({ hireDate: '2026-03-16', timeZone: 'Asia/Tokyo' });
    expect(
      kindsOf([
        [now, stated],
        ['2026-03-15T14:59:59.999Z'],
        ['2026-03-15T15:00:00Z'],
        ['2026-03-15T15:00:00Z'],
        ['2026-03-17T00:00:00Z', stated],
      ]),
    ).toEqual([['Recorded'], [], ['Hired'], [], []]);
  });

  it('mean the default zone where the worker has none', () => {
    const steps = [[now, record({ hireDate: '2026-03-16' })], ['2026-03-15T23:30:00Z']] as const;
    expect(kindsOf(steps, 'Europe/Berlin')[1]).toEqual(['Hired']);
    expect(kindsOf(steps, 'Europe/London')[1]).toEqual([]);
  });

  it('put off before they came stay unknown outside', () => {
    expect(
      kindsOf([
        [now, record({ hireDate: '2026-03-16' })],
        [now, record({ hireDate: '2026-04-01' })],
        ['2026-03-16T00:00:00Z'],
        ['2026-04-01T00:00:00Z'],
      ]),
    ).toEqual([['Recorded'], ['Recorded'], [], ['Hired']]);
  });

  it('put off after they came end access until the new day', () => {
    expect(kindsOf([[now, record()], [now, record({ hireDate: '2026-04-01' })], ['2026-04-01T00:00:00Z']])).toEqual([
      ['Hired'],
      ['Terminated'],
      ['Rehired'],
    ]);
  });

  it('brought forward take effect at once', () => {
    expect(
      kindsOf([
        [now, record({ hireDate: '2026-03-16' })],
        [now, record({ hireDate: '2026-03-02' })],
      ])[1],
    ).toEqual(['Hired']);
  });
});

describe('ends', () => {
  it('come after the last day, inclusive', () => {
    const stated = record({ terminationDate: '2026-03-31' });
    expect(
      kindsOf([[now, stated], ['2026-03-31T23:59:59.999Z'], ['2026-04-01T00:00:00Z'], ['2026-04-02T00:00:00Z']]),
    ).toEqual([['Hired'], [], ['Terminated'], []]);
  });

  it('are those of lastWorkingDay before terminationDate, and of accessEndsAt before both', () => {
    const dates = { terminationDate: '2026-04-30', lastWorkingDay: '2026-03-31' };
    const next = (stated: object) => {
      const { state } = story([[now, record(stated)]]);
      return state.status === 'known' && new Date(nextDayMs(state, at(now)) ?? 0).toISOString();
    };
    expect(next({ terminationDate: '2026-04-30' })).toBe('2026-05-01T00:00:00.000Z');
    expect(next(dates)).toBe('2026-04-01T00:00:00.000Z');
    expect(next({ ...dates, accessEndsAt: '2026-03-10T17:00:00+01:00' })).toBe('2026-03-10T16:00:00.000Z');
  });

  it('already past take effect at once, whatever their age', () => {
    expect(
      kindsOf([
        [now, record()],
        [now, record({ terminationDate: '2026-01-31' })],
      ])[1],
    ).toEqual(['Terminated']);
  });

  it('taken back before they came leave nothing behind', () => {
    const { facts, state } = story([
      [now, record({ terminationDate: '2026-03-31' })],
      [now, record()],
      ['2026-04-01T00:00:00Z'],
    ]);
    expect(facts.map((step) => step.map(({ type }) => type))).toEqual([['WorkerHired'], ['WorkerChanged'], []]);
    expect(state).toMatchObject({ employed: true, awaitsDay: false });
  });

  it('taken back after they came are a rehire', () => {
    expect(
      kindsOf([
        [now, record()],
        [now, record({ terminationDate: '2026-03-01' })],
        [now, record()],
      ]),
    ).toEqual([['Hired'], ['Terminated'], ['Rehired']]);
  });

  it('for ever (9999-12-31) are no day to wait for', () => {
    expect(story([[now, record({ terminationDate: '9999-12-31' })]]).state).toMatchObject({
      employed: true,
      awaitsDay: false,
    });
  });

  it('missed while the service was away are told once, as what holds now', () => {
    const stated = record({ hireDate: '2026-03-16', terminationDate: '2026-03-20' });
    expect(kindsOf([[now, stated], ['2026-05-01T00:00:00Z']])).toEqual([['Recorded'], []]);
  });
});

describe('rehires', () => {
  it('wait for their first day, and are told as such', () => {
    const gone = record({ terminationDate: '2026-02-28' });
    const back = record({ hireDate: '2026-05-04' });
    expect(
      kindsOf([['2026-01-10T00:00:00Z', gone], ['2026-03-01T00:00:00Z'], [now, back], ['2026-05-04T00:00:00Z']]),
    ).toEqual([['Hired'], ['Terminated'], ['Changed'], ['Rehired']]);
  });
});

describe('leave', () => {
  it('starts and ends with its days, inclusive', () => {
    const stated = record({ leaveFrom: '2026-03-10', leaveUntil: '2026-03-20' });
    expect(
      kindsOf([[now, stated], ['2026-03-10T00:00:00Z'], ['2026-03-20T23:59:59Z'], ['2026-03-21T00:00:00Z']]),
    ).toEqual([['Hired'], ['LeaveStarted'], [], ['LeaveEnded']]);
  });

  it('starts and ends with status alone', () => {
    expect(
      kindsOf([
        [now, record()],
        [now, record({ status: 'on-leave' })],
        [now, record({ status: 'active' })],
      ]),
    ).toEqual([['Hired'], ['LeaveStarted'], ['LeaveEnded']]);
  });

  it('by status ends with leaveUntil', () => {
    expect(
      kindsOf([[now, record({ status: 'on-leave', leaveUntil: '2026-03-20' })], ['2026-03-21T00:00:00Z']])[1],
    ).toEqual(['LeaveEnded']);
  });

  it('gives way to the end of the employment', () => {
    const stated = record({ status: 'on-leave' });
    expect(
      story([
        [now, stated],
        [now, { ...stated, terminationDate: '2026-03-01' }],
      ]).facts[1],
    ).toMatchObject([{ type: 'WorkerTerminated', data: { employed: false, onLeave: false } }]);
  });
});

describe('persons', () => {
  const other = '0198c0de-0000-7000-8000-0000000000ff';
  const { state } = story([[now, record({ personId: 'P-1' })]]);

  it('are the known ones of their personId', () => {
    const [fact] = stateWorker(
      snapshot(record({ personId: 'P-1' }), { person: other, knownPerson: other }),
      at(now),
      worker.initial,
    );
    expect(fact?.data.person).toBe(other);
  });

  it('cannot change', () => {
    const refused = (more: Partial<Snapshot>, personId: string): unknown => {
      try {
        return stateWorker(snapshot(record({ personId }), more), at(now), state);
      } catch (error) {
        return error;
      }
    };
    expect(refused({}, 'P-2')).toBeInstanceOf(PersonDiffers);
    expect(refused({ knownPerson: other }, 'P-1')).toBeInstanceOf(PersonDiffers);
  });

  it('stay when personId is cleared, and may be stated later', () => {
    const { state: without } = story([[now, record()]]);
    expect(stateWorker(snapshot(record({ personId: 'P-9' })), at(now), without)).toMatchObject([
      { data: { person: adaPerson } },
    ]);
    expect(stateWorker(snapshot(record()), at(now), state)).toMatchObject([{ data: { person: adaPerson } }]);
  });
});

describe('a forgotten worker', () => {
  it('folds, and time has nothing to say about them', () => {
    const [hired] = story([[now, record({ terminationDate: '2026-03-31' })]]).facts[0] ?? [];
    if (hired === undefined) throw new Error('no fact');
    const forgotten = worker.evolve(worker.initial, {
      ...hired,
      personal: { worker: { subject: adaId, fields: null } },
    });
    expect(forgotten).toMatchObject({ status: 'known', employed: true, attributes: null });
    expect(passTime(at('2026-05-01T00:00:00Z'), forgotten)).toEqual([]);
  });
});
