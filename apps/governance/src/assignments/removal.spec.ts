import type { AccessEvent, AssignmentTerms, Removal, RemovalState } from './access.events.js';
import { access, endAll } from './access.js';
import { assignmentCreated, assignmentRevoked } from './access-facts.js';
import { noAccess, type Access } from './access-state.js';
import { grantedAgain, takeRemoval } from './application-answers.js';
import { removalOf, removalWord, type DesiredStep, type RemovalAnswer } from './removal.js';

const identityId = '0198c0de-0000-5000-8000-00000000000a';
const at = '2026-03-02T09:00:00.000Z';
const terms: AssignmentTerms = {
  assignmentId: '1',
  identityId,
  packageId: 'a',
  packageVersion: 1,
  cause: { type: 'birthright', rule: 'r1' },
  since: at,
};
const account = { account: true, because: ['1'] } as const;
const group = (name: string, ...because: string[]) => ({ group: name, because });
const step = (before: DesiredStep['before'], after: DesiredStep['after'] = []): DesiredStep => ({
  application: 'wiki',
  epoch: 1,
  sequence: 5,
  before,
  after,
});
const answer = (more: Partial<RemovalAnswer>): RemovalAnswer => ({
  application: 'wiki',
  epoch: 1,
  sequence: 5,
  about: null,
  inSync: false,
  ...more,
});
const of = (entitlement: { account: true } | { group: string }, word: Exclude<RemovalState, 'pending'>) =>
  answer({ about: { entitlement, word } });
const both = removalOf('1', true, step([account, group('A', '1')]));
const after = (...events: readonly AccessEvent[]): Access => events.reduce(access.evolve, access.initial);
const ended = (...removals: readonly Removal[]): Access => {
  const held = after(assignmentCreated(terms, [], true));
  return endAll('left', held).revoked.reduce(
    (now, one) => access.evolve(now, assignmentRevoked(one, at, removals)),
    held,
  );
};
const next = (state: Access, ...answers: readonly RemovalAnswer[]): Access =>
  answers.reduce((now, one) => takeRemoval(one, now).reduce(access.evolve, now), state);
const word = (state: Access): RemovalState => removalWord(state.ended.flatMap(({ removals }) => removals));

describe('what has to go when an assignment ends', () => {
  it('is what no other assignment justifies', () => {
    expect(both.items).toEqual([
      { account: true, removal: 'pending' },
      { group: 'A', removal: 'pending' },
    ]);
    const shared = step([account, group('A', '1', '2'), group('B', '1'), group('C', '2')], [group('A', '2')]);
    expect(removalOf('1', true, shared).items).toEqual([
      { account: true, removal: 'pending' },
      { group: 'B', removal: 'pending' },
    ]);
  });
  it('is remembered until it is gone', () => {
    expect(word(ended(both))).toBe('pending');
    expect(ended(removalOf('1', true, step([])))).toEqual(noAccess);
  });
});

describe('a removal', () => {
  it('is done when a reading has shown all of it gone', () => {
    const half = next(ended(both), of({ group: 'A' }, 'done'));
    expect(word(half)).toBe('pending');
    expect(next(half, of({ account: true }, 'done'))).toEqual(noAccess);
  });
  it('of everything is done with an account that was shown to be off', () => {
    expect(next(ended(both), of({ account: true }, 'done')).ended).toEqual([]);
  });
  it('is not believed because nothing differs any more', () => {
    expect(word(next(ended(both), answer({ inSync: true })))).toBe('not-verifiable');
    expect(word(next(ended(both), of({ account: true }, 'not-verifiable'), answer({ inSync: true })))).toBe(
      'not-verifiable',
    );
  });
  it('of what the application never had is done when nothing differs any more', () => {
    const never = removalOf('1', false, step([account]));
    expect(next(ended(never), answer({ inSync: true })).ended).toEqual([]);
  });
  it('that the application refuses has failed, until it is gone after all', () => {
    const refused = next(ended(both), of({ account: true }, 'failed'));
    expect(word(refused)).toBe('failed');
    expect(next(refused, of({ account: true }, 'done')).ended).toEqual([]);
  });
  it('that cannot be shown is done once somebody confirms it', () => {
    const unseen = next(ended(both), of({ account: true }, 'not-verifiable'), of({ group: 'A' }, 'not-verifiable'));
    expect(word(unseen)).toBe('not-verifiable');
    expect(next(unseen, of({ group: 'A' }, 'done'), of({ account: true }, 'done')).ended).toEqual([]);
  });
  it('is not moved by answers about an older desired access, another application, or twice', () => {
    const state = ended(both);
    expect(takeRemoval({ ...of({ account: true }, 'done'), sequence: 4 }, state)).toEqual([]);
    expect(takeRemoval({ ...of({ account: true }, 'done'), epoch: 0, sequence: 9 }, state)).toEqual([]);
    expect(takeRemoval({ ...of({ account: true }, 'done'), application: 'crm' }, state)).toEqual([]);
    expect(takeRemoval(of({ account: true }, 'failed'), next(state, of({ account: true }, 'failed')))).toEqual([]);
  });
  it('is over when another assignment justifies the same again', () => {
    const again = { ...step([], [account, group('A', '2')]), sequence: 6 };
    const state = ended(both);
    expect(grantedAgain(again, state).reduce(access.evolve, state).ended).toEqual([]);
    expect(grantedAgain({ ...again, application: 'crm' }, state)).toEqual([]);
  });
});
