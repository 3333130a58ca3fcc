import { some } from '../../../../test/support/some.js';
import type { TaskTerms, WantedTask } from '../targets/targets.exports.js';
import { confirm, give, isSame, refuse, remind, send, task, type TaskState, withdraw } from './task.js';
import { TaskNotOpen } from './task.errors.js';
import type { TaskEvent } from './task.events.js';

const at = '2026-03-02T09:00:00.000Z';
const by = '0198c0de-0000-7000-8000-00000000000b';
const wanted: WantedTask = {
  connector: 'keys',
  kind: 'create-account',
  identityId: '0198c0de-0000-7000-8000-00000000000a',
  accountId: null,
  entitlement: { account: true },
  written: { userName: 'ada@corp.example' },
};
const terms: TaskTerms = { told: 'owners', within: 'P3D', remindEvery: 'P1D' };
const given = (more: Partial<WantedTask> = {}): TaskEvent =>
  give({ ...wanted, ...more }, terms, { id: 't1', application: 'keys', at });
const about = {
  task: 't1',
  connector: 'keys',
  application: 'keys',
  identityId: wanted.identityId,
  accountId: null,
  kind: 'create-account',
  entitlement: { account: true },
  told: 'owners',
  dueAt: '2026-03-05T09:00:00.000Z',
} as const;
const confirmed = (accountId: string): TaskEvent => ({
  type: 'TaskConfirmed',
  v: 1,
  data: { ...about, accountId, by, how: 'answer', answeredAt: at },
});
const refused: TaskEvent = {
  type: 'TaskRefused',
  v: 1,
  data: { ...about, by, answeredAt: at },
  personal: { reason: { subject: by, fields: { reason: 'no key is left' } } },
};
const withdrawn: TaskEvent = { type: 'TaskWithdrawn', v: 1, data: { ...about, withdrawnAt: at } };
const after = (...facts: readonly TaskEvent[]): TaskState => {
  const state = facts.reduce(task.evolve, task.initial);
  if (state === null) throw new Error('a given task is there');
  return state;
};
const reminded: TaskEvent = { type: 'TaskReminded', v: 1, data: { ...about, reminder: 1, remindedAt: at } };
const sent: TaskEvent = { type: 'TaskSent', v: 1, data: { ...about, sentAt: at } };

describe('a task for a person', () => {
  it('given it is open, when it is confirmed, then the account has the id that the person says', () => {
    expect(confirm({ by, at }, 'answer', 'K-1', after(given()))).toEqual([confirmed('K-1')]);
  });

  it('given it is open, when it is confirmed without an id, then the account is known by its userName', () => {
    expect(confirm({ by, at }, 'answer', null, after(given()))).toEqual([confirmed('ada@corp.example')]);
  });

  it('given it is answered, when it is answered so again, then nothing is said', () => {
    expect(confirm({ by, at }, 'answer', 'K-2', after(given(), confirmed('K-1')))).toEqual([]);
    expect(refuse({ by, at }, 'no key is left', after(given(), refused))).toEqual([]);
  });

  it('given it was refused or withdrawn, when it is confirmed, then that is refused', () => {
    for (const before of some([refused, withdrawn]))
      expect(() => confirm({ by, at }, 'answer', null, after(given(), before))).toThrow(TaskNotOpen);
    expect(() => refuse({ by, at }, 'no', after(given(), confirmed('K-1')))).toThrow(TaskNotOpen);
  });

  it('given nobody has answered, when its time comes, then people are reminded, each time with a number', () => {
    expect(remind(at, after(given(), reminded))).toMatchObject([{ data: { reminder: 2 } }]);
    for (const answer of some([confirmed('K-1'), refused, withdrawn]))
      expect(remind(at, after(given(), answer))).toEqual([]);
  });

  it('is sent once, and withdrawn once', () => {
    expect(send(at, after(given()))).toEqual([sent]);
    expect(send(at, after(given(), sent))).toEqual([]);
    expect(withdraw(at, after(given()))).toEqual([withdrawn]);
    expect(withdraw(at, after(given(), withdrawn))).toEqual([]);
  });

  it('is the same as one that asks for the same of the same account', () => {
    expect(isSame(after(given()), wanted)).toBe(true);
    const others: readonly Partial<WantedTask>[] = [
      { kind: 'update-account' },
      { accountId: 'K-1' },
      { entitlement: { group: 'Tower' } },
      { written: { userName: 'ada.king@corp.example' } },
    ];
    for (const other of some(others)) expect(isSame(after(given()), { ...wanted, ...other })).toBe(false);
  });
});
