import { describe, expect, it } from '@jest/globals';
import type { SponsorshipEvent } from './sponsorship.events.js';
import {
  followContractor,
  nextLook,
  pass,
  passBack,
  sponsorship,
  type Sponsorship,
  type StatedContractor,
} from './sponsorship.js';

const start = Date.parse('2026-03-02T09:00:00.000Z');
const day = (days: number): string => new Date(start + days * 86_400_000).toISOString();
const contractor = (more: Partial<StatedContractor> = {}): StatedContractor => ({
  identityId: 'carl',
  sponsor: '1000',
  holderId: 'sue',
  endsAt: day(90),
  ...more,
});
const after = (facts: readonly SponsorshipEvent[], state: Sponsorship = sponsorship.initial): Sponsorship =>
  facts.reduce(sponsorship.evolve, state);
const stated = (more: Partial<StatedContractor> = {}): Sponsorship =>
  after(followContractor(contractor(more), day(0), sponsorship.initial));
const types = (facts: readonly SponsorshipEvent[]) => facts.map(({ type }) => type);

describe('a contractor', () => {
  it('has the sponsor and the end that HR states; the same again changes nothing', () => {
    expect(stated()).toMatchObject({ sponsorId: 'sue', endsAt: day(90) });
    expect(followContractor(contractor(), day(1), stated())).toEqual([]);
  });
  it('is announced 30, 7 and 1 days before the end, each once', () => {
    let state = stated();
    const told: number[] = [];
    for (let at = 1; at < 90; at += 1) {
      const facts = followContractor(contractor(), day(at), state);
      for (const fact of facts) if (fact.type === 'SponsorshipEnding') told.push(fact.data.daysLeft);
      state = after(facts, state);
    }
    expect(told).toEqual([30, 7, 1]);
  });
  it('is announced once where several notices were missed, with the days that are left', () => {
    expect(followContractor(contractor(), day(85), stated())).toMatchObject([{ data: { daysLeft: 7 } }]);
  });
  it('is announced again before the end to which HR extends', () => {
    const noticed = after(followContractor(contractor(), day(89), stated()), stated());
    const extended = after(followContractor(contractor({ endsAt: day(200) }), day(89), noticed), noticed);
    expect(extended).toMatchObject({ endsAt: day(200), noticed: null });
    expect(nextLook(extended, day(89))).toBe(day(170));
  });
  it('who has left, or is none any more, has no sponsor', () => {
    expect(types(followContractor(null, day(1), stated()))).toEqual(['SponsorshipEnded']);
    expect(followContractor(null, day(1), sponsorship.initial)).toEqual([]);
  });
});

describe('a leaving sponsor', () => {
  it('whose leaving did not hold answers again for whom HR names them', () => {
    const passed = after(pass('mia', 'sue', day(5), stated()), stated());
    expect(after(passBack('sue', ['1000'], day(6), passed), passed)).toMatchObject({ sponsorId: 'sue' });
    expect(passBack('sue', ['1000'], day(6), stated())).toEqual([]);
    expect(passBack('eve', ['1001'], day(6), passed)).toEqual([]);
    const nobody = after(pass(null, 'sue', day(5), stated()), stated());
    expect(after(passBack('sue', ['1000'], day(6), nobody), nobody)).toMatchObject({ sponsorId: 'sue' });
  });
  it("passes the contractors to the sponsor's manager", () => {
    expect(after(pass('mia', 'sue', day(5), stated()), stated())).toMatchObject({ sponsorId: 'mia' });
  });
  it('passes nobody whom somebody else sponsors', () => {
    expect(pass('mia', 'bob', day(5), stated())).toEqual([]);
  });
  it('is replaced until HR names another number, also when somebody else gets the old one', () => {
    const passed = after(pass('mia', 'sue', day(5), stated()), stated());
    expect(followContractor(contractor({ holderId: 'somebody new' }), day(6), passed)).toEqual([]);
    expect(
      after(followContractor(contractor({ sponsor: '2000', holderId: 'tom' }), day(6), passed), passed),
    ).toMatchObject({
      sponsorId: 'tom',
    });
  });
  it('without a manager leaves them without a sponsor, also when somebody new gets the number', () => {
    const passed = after(pass(null, 'sue', day(5), stated()), stated());
    expect(passed).toMatchObject({ sponsorId: null });
    expect(followContractor(contractor({ holderId: 'somebody new' }), day(6), passed)).toEqual([]);
  });
});

describe('a sponsor whom HR names and nobody knows yet', () => {
  it('is the sponsor as soon as they are known', () => {
    const waiting = stated({ holderId: null });
    expect(nextLook(waiting, day(0))).toBe(day(1));
    expect(after(followContractor(contractor(), day(1), waiting), waiting)).toMatchObject({ sponsorId: 'sue' });
  });
});
