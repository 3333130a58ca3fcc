import { describe, expect, it } from '@jest/globals';
import { end, expose, exposure, type Exposed, type Exposure, type Limit } from './exposure.js';
import type { ExposureEvent } from './exposure.events.js';

const hourMs = 3_600_000;
const at = (time: string): Limit => ({ withinMs: hourMs, at: `2026-03-02T${time}:00.000Z` });
const ada: Exposed = {
  exposure: 'e1',
  connector: 'wiki',
  application: 'wiki',
  identityId: 'ada',
  accountId: 'u1',
  kind: 'leaver',
  entitlements: [{ account: true }],
  code: 'application-down',
  decidedAt: '2026-03-02T09:00:00.000Z',
};
const after = (...facts: readonly ExposureEvent[]): Exposure => facts.reduce(exposure.evolve, exposure.initial);
const opened = after(...expose(ada, at('09:01'), null));
const types = (facts: readonly ExposureEvent[]): string[] => facts.map(({ type }) => type);
const reading = { how: 'verified', id: 'fact-1' } as const;

describe('access that should have ended', () => {
  it('given none exposed, when some is found, then it opens with a deadline counted from the decision', () => {
    expect(expose(ada, at('09:01'), null)).toMatchObject([
      { type: 'ExposureOpened', data: { dueAt: '2026-03-02T10:00:00.000Z', openedAt: '2026-03-02T09:01:00.000Z' } },
    ]);
  });

  it('given somebody who left long ago, when a reading finds the account, then the deadline counts from then', () => {
    const ghost = { ...ada, kind: 'ghost', code: 'found', decidedAt: '2019-06-30T00:00:00.000Z' } as const;
    expect(expose(ghost, at('09:01'), null)).toMatchObject([
      { data: { decidedAt: '2019-06-30T00:00:00.000Z', dueAt: '2026-03-02T10:01:00.000Z' } },
    ]);
  });

  it('given it is open, when it is found as before, then nothing is said', () => {
    expect(expose(ada, at('09:30'), opened)).toEqual([]);
  });

  it('given it is open, when the reason or what is exposed changes, then that is said', () => {
    expect(types(expose({ ...ada, code: 'refused' }, at('09:30'), opened))).toEqual(['ExposureChanged']);
    const more = [{ account: true }, { role: 'Admin' }] as const;
    expect(types(expose({ ...ada, entitlements: more }, at('09:30'), opened))).toEqual(['ExposureChanged']);
  });

  it('given its deadline is over, then it is escalated once, and again each day', () => {
    const first = expose(ada, at('10:00'), opened);
    expect(first).toMatchObject([{ type: 'ExposureEscalated', data: { escalation: 1 } }]);
    const escalated = exposure.evolve(opened, first[0] as ExposureEvent);
    expect(expose(ada, at('23:00'), escalated)).toEqual([]);
    const dayAfter = { ...at('10:00'), at: '2026-03-03T10:00:00.000Z' };
    expect(expose(ada, dayAfter, escalated)).toMatchObject([{ data: { escalation: 2 } }]);
  });

  it('given it is open, when a reading proves that it is gone, then it closes with the proof', () => {
    expect(end(reading, at('09:40').at, opened)).toMatchObject([
      { type: 'ExposureClosed', data: { how: 'verified', proof: 'fact-1' } },
    ]);
  });

  it('given it is open, when nothing proves that it is gone, then it stays open and says so, and is escalated', () => {
    const [unproven, ...rest] = end(null, at('09:40').at, opened);
    expect([unproven, rest]).toMatchObject([{ type: 'ExposureChanged', data: { code: 'unproven' } }, []]);
    expect(types(end(null, at('10:10').at, exposure.evolve(opened, unproven as ExposureEvent)))).toEqual([
      'ExposureEscalated',
    ]);
  });

  it('given it has closed, then it closes no second time, and opens again with a deadline of its own', () => {
    const closed = after(...expose(ada, at('09:01'), null), ...end(reading, at('09:40').at, opened));
    expect(end(reading, at('09:50').at, closed)).toEqual([]);
    const again = expose({ ...ada, decidedAt: '2026-03-02T11:00:00.000Z' }, at('11:01'), closed);
    expect(again).toMatchObject([{ type: 'ExposureOpened', data: { dueAt: '2026-03-02T12:00:00.000Z' } }]);
  });
});
