import { access } from '../assignments/assignments.exports.js';
import type { AccessEvent } from '../assignments/assignments.exports.js';
import { some } from '../../../../test/support/some.js';
import type { AboutApprovers } from '../requests/requests.exports.js';
import { changesBy } from './review-effects.js';
import type { ReviewEvent, ReviewTerms } from './review.events.js';
import {
  cancelReview,
  closeReview,
  endReview,
  listedAll,
  nextLook,
  review,
  startReview,
  type Review,
} from './review.js';
import type { ReviewItemDecided, ReviewItemEvent } from './review-item.events.js';
import {
  decideItem,
  lapse,
  openItem,
  reassignItem,
  rerouteItem,
  reviewItem,
  unanswered,
  verifiedByPerson,
  verifiedByReading,
  type Answering,
  type KnownItem,
} from './review-item.js';
import { reviewPolicyOf, reviewStage, routeOf } from './reviewers.js';

const at = '2026-03-02T09:00:00.000Z';
const due = '2026-03-16T09:00:00.000Z';
const terms: ReviewTerms = {
  reviewId: 'r1',
  displayName: 'Editors',
  scope: { packageId: 'editors', application: null, asFound: false },
  reviewers: null,
  onNoResponse: 'revoke',
  dueAt: due,
};
const begun = startReview(terms, { by: 'admin', at }, null);
const given = (...events: readonly ReviewEvent[]): Review => events.reduce(review.evolve, review.initial);
const listed = given(...begun, ...listedAll(2, at, given(...begun)));
const ended = endReview({ openItems: 0, at }, listed).reduce(review.evolve, listed);

const item = { itemId: 'i1', reviewId: 'r1', assignmentId: 'a1', identityId: 'ada', packageId: 'editors' };
const opened = (...reviewerIds: string[]): KnownItem =>
  after(openItem(item, { reviewerIds }, { onNoResponse: 'revoke', at }, null));
const after = (events: readonly ReviewItemEvent[], from: KnownItem | null = null): KnownItem => {
  const state = events.reduce(reviewItem.evolve, from ?? reviewItem.initial);
  if (state === null) throw new Error('there is no item');
  return state;
};
const by = (callerId: string, more: Partial<Answering> = {}): Answering => ({
  callerId,
  delegators: [],
  administers: false,
  superior: false,
  ...more,
});
const keep = { decision: 'keep', comment: null, at } as const;
const revoked = { decision: 'revoke', comment: 'Has moved', at } as const;
const refusal = (code: string) => expect.objectContaining({ code });

describe('a review', () => {
  it('waits for its end, or until nothing is open any more, and not before all its items are known', () => {
    expect(endReview({ openItems: 1, at }, listed)).toEqual([]);
    expect(endReview({ openItems: 0, at: due }, given(...begun))).toEqual([]);
    for (const when of [
      { openItems: 1, at: due },
      { openItems: 0, at },
    ])
      expect(endReview(when, listed)).toMatchObject([{ type: 'ReviewEnded', data: { endedAt: when.at } }]);
  });

  it('is closed only when every item has an outcome and every revocation is verified', () => {
    expect(ended?.status).toBe('closing');
    expect(closeReview({ openItems: 0, unverified: 1, at }, ended)).toEqual([]);
    expect(closeReview({ openItems: 1, unverified: 0, at }, ended)).toEqual([]);
    const closed = closeReview({ openItems: 0, unverified: 0, at }, ended).reduce(review.evolve, ended);
    expect(closed).toMatchObject({ status: 'closed', closedAt: at });
    expect(closeReview({ openItems: 0, unverified: 0, at }, listed)).toEqual([]);
  });

  it('is cancelled while it is open, once', () => {
    const cancel = (state: Review) => cancelReview({ by: 'admin', reason: 'By mistake', at }, state as never);
    const cancelled = cancel(listed).reduce(review.evolve, listed);
    expect(cancelled).toMatchObject({ status: 'cancelled', cancelledReason: 'By mistake' });
    for (const state of [cancelled, ended]) expect(() => cancel(state)).toThrow(refusal('review.not_open'));
  });

  it('is begun once, and looked at ever less often', () => {
    expect(startReview(terms, { by: 'admin', at }, listed)).toEqual([]);
    const waits = ['2026-03-02T09:00:00.000Z', '2026-03-02T10:00:00.000Z', '2026-03-09T09:00:00.000Z'].map(
      (now) => Date.parse(nextLook(at, now)) - Date.parse(now),
    );
    expect(waits).toEqual([1000, 600_000, 600_000]);
  });
});

describe('an answer about an item', () => {
  it('comes from a reviewer, or who has their decisions delegated to them', () => {
    expect(decideItem(keep, by('grace'), opened('grace'))).toMatchObject([{ data: { reviewerId: 'grace' } }]);
    expect(decideItem(keep, by('linus', { delegators: ['grace'] }), opened('grace'))).toMatchObject([
      { data: { reviewerId: 'linus', onBehalfOf: 'grace' } },
    ]);
    expect(() => decideItem(keep, by('mallory'), opened('grace'))).toThrow(refusal('review_item.not_reviewer'));
  });

  it('never comes from the holder, nor from who reports to the holder, also not by delegation', () => {
    for (const who of [by('ada'), by('ada', { delegators: ['grace'] }), by('ada', { administers: true })])
      for (const state of [opened('grace', 'ada'), opened()])
        expect(() => decideItem(keep, who, state)).toThrow(refusal('review_item.own_access'));
    expect(() => decideItem(keep, by('grace', { superior: true }), opened('grace'))).toThrow(
      refusal('review_item.superiors_access'),
    );
  });

  it('comes from a policy administrator where nobody else can review, and only there', () => {
    const admin = by('admin', { administers: true });
    expect(decideItem(keep, admin, opened())).toHaveLength(1);
    expect(() => decideItem(keep, admin, opened('grace'))).toThrow(refusal('review_item.not_reviewer'));
  });

  it('is final', () => {
    const kept = after(decideItem(keep, by('grace'), opened('grace')), opened('grace'));
    expect(() => decideItem(revoked, by('grace'), kept)).toThrow(refusal('review_item.not_open'));
    expect(unanswered(due, kept)).toEqual([]);
    expect(lapse('review_cancelled', due, kept)).toEqual([]);
  });

  it('that nobody gives is what the policy says', () => {
    expect(unanswered(due, opened('grace'))).toMatchObject([{ data: { decision: 'revoke', reviewerId: null } }]);
    expect(unanswered(due, { ...opened('grace'), onNoResponse: 'keep' })).toMatchObject([
      { data: { decision: 'keep' } },
    ]);
  });
});

describe('a revocation', () => {
  const gone = after(decideItem(revoked, by('grace'), opened('grace')), opened('grace'));

  it('is verified by a reading, or by a person who is not its holder, once', () => {
    const read = after(verifiedByReading(due, gone), gone);
    expect(read.verified).toEqual({ by: null, at: due, comment: null });
    expect(verifiedByReading(due, read)).toEqual([]);
    const look = (who: string, state: KnownItem) => verifiedByPerson({ by: who, comment: 'Looked', at: due }, state);
    expect(after(look('admin', gone), gone).verified).toEqual({ by: 'admin', at: due, comment: 'Looked' });
    expect(() => look('ada', gone)).toThrow(refusal('review_item.own_access'));
    expect(() => look('admin', read)).toThrow(refusal('review_item.verified'));
    expect(() => look('admin', opened('grace'))).toThrow(refusal('review_item.not_revoked'));
  });
});

describe('the reviewers of an item', () => {
  const canDecide = (id: string): boolean => id !== 'gone';
  const now = { canDecide, at };

  it('are replaced when they change, and stay when a policy administrator named them, while they can decide', () => {
    expect(rerouteItem({ reviewerIds: ['linus'] }, now, opened('gone'))).toMatchObject([
      { data: { reviewerIds: ['linus'], code: 'reviewers_changed' } },
    ]);
    expect(rerouteItem({ reviewerIds: ['a', 'b'] }, now, opened('b', 'a'))).toEqual([]);
    const named = (who: string) => after(reassignItem(who, at, opened('grace')), opened('grace'));
    expect(rerouteItem({ reviewerIds: ['grace'] }, now, named('linus'))).toEqual([]);
    expect(rerouteItem({ reviewerIds: ['grace'] }, now, named('gone'))).toHaveLength(1);
  });

  const managers: Readonly<Record<string, string>> = { ada: 'grace', grace: 'barbara', kid: 'ada' };
  const left = new Set<string>();
  const about = (more: Partial<AboutApprovers> = {}): AboutApprovers => ({
    requesterId: 'ada',
    beneficiaryId: 'ada',
    managerId: 'grace',
    managerNamed: true,
    applications: ['wiki'],
    ownersOf: () => new Set(['olga']),
    people: {
      statusOf: (id) => (left.has(id) ? 'inactive' : 'active'),
      managerOf: (id) => managers[id] ?? null,
      holdersOf: () => [],
      hasDelegate: () => false,
    },
    decidedBefore: new Set(),
    excepted: new Set(),
    ...more,
  });

  it('are the manager, or the owners of the package, else of its applications', () => {
    expect(routeOf(reviewStage(['manager'], []), about())).toEqual({ reviewerIds: ['grace'] });
    expect(routeOf(reviewStage(['owner'], []), about())).toEqual({ reviewerIds: ['olga'] });
    expect(routeOf(reviewStage(['owner'], ['paula']), about())).toEqual({ reviewerIds: ['paula'] });
  });

  it('are never the holder or who reports to the holder: then owner and superiors, with the reason', () => {
    for (const owner of ['ada', 'kid'])
      expect(routeOf(reviewStage(['owner'], [owner]), about())).toEqual({
        reviewerIds: ['barbara', 'grace'],
        instead: [expect.stringMatching(/is the beneficiary|reports to/)],
      });
    left.add('grace');
    expect(routeOf(reviewStage(['manager'], []), about())).toMatchObject({ reviewerIds: ['barbara', 'olga'] });
    left.add('barbara').add('olga');
    expect(routeOf(reviewStage(['manager'], []), about()).reviewerIds).toEqual([]);
    expect(some(routeOf(reviewStage(['manager'], []), about()).instead ?? [])).toContain('the manager has left');
    left.clear();
  });

  it('are those of the review, else those of the package, else the manager', () => {
    const policy = { every: null, reviewers: ['owner'], onNoResponse: 'keep' } as const;
    const silent = { reviewers: null, onNoResponse: null };
    expect(reviewPolicyOf({ reviewers: ['user:x'], onNoResponse: 'revoke' }, { review: policy })).toEqual({
      reviewers: ['user:x'],
      onNoResponse: 'revoke',
    });
    expect(reviewPolicyOf(silent, { review: policy })).toEqual({ reviewers: ['owner'], onNoResponse: 'keep' });
    expect(reviewPolicyOf(silent, { review: null })).toEqual({ reviewers: ['manager'], onNoResponse: null });
  });
});

describe('what an answer changes', () => {
  const cause = { type: 'direct', by: 'olga' } as const;
  const until = '2026-06-01T00:00:00.000Z';
  const assignment = {
    assignmentId: 'a1',
    identityId: 'ada',
    packageId: 'editors',
    packageVersion: 1,
    cause,
    since: at,
  };
  const created: AccessEvent = {
    type: 'AssignmentCreated',
    v: 1,
    data: { assignment: { ...assignment, until }, applications: [] },
  };
  const held = access.evolve(access.initial, created);
  const exclusion = { exclusionId: 'x1', excludedBy: 'grace', until: '2026-05-31T09:00:00.000Z' };
  const answer = (decision: ReviewItemDecided['data']['decision'], end = '2026-04-01T00:00:00.000Z') =>
    ({
      type: 'ReviewItemDecided',
      v: 1,
      data: { item, decision, until: end, reviewerId: 'grace', decidedAt: at },
    }) as ReviewItemDecided;

  it('is nothing, its end, or an earlier end', () => {
    expect(changesBy(answer('keep'), 'Editors', held, exclusion)).toMatchObject({ revoked: [], steps: [] });
    expect(changesBy(answer('revoke'), 'Editors', held, exclusion)).toMatchObject({
      revoked: [{ code: 'revoked_by_review', reason: 'Review Editors' }],
    });
    expect(changesBy(answer('shorten'), 'Editors', held, exclusion)).toMatchObject({
      steps: [{ is: 'end-changed', until: '2026-04-01T00:00:00.000Z', cause: { type: 'review', by: 'grace' } }],
    });
  });

  it('is refused for an end that is past or not earlier', () => {
    for (const end of [at, until, '2027-01-01T00:00:00.000Z'])
      expect(() => changesBy(answer('shorten', end), 'Editors', held, exclusion)).toThrow(
        refusal('assignment.end_refused'),
      );
  });

  it('is an exclusion besides, where a rule gives what is revoked; it is not shortened', () => {
    const ofRule = { ...assignment, cause: { type: 'birthright', rule: 'engineers' } } as const;
    const given: AccessEvent = { ...created, data: { assignment: ofRule, applications: [] } };
    const ruled = access.evolve(access.initial, given);
    expect(changesBy(answer('revoke'), 'Editors', ruled, exclusion)).toMatchObject({
      revoked: [{ code: 'revoked_by_review' }],
      exclusions: {
        made: [{ ...exclusion, identityId: 'ada', packageId: 'editors', reason: 'Review Editors' }],
        ended: [],
      },
    });
    expect(changesBy(answer('revoke'), 'Editors', held, exclusion)?.exclusions).toBeUndefined();
    expect(() => changesBy(answer('shorten'), 'Editors', ruled, exclusion)).toThrow(
      refusal('assignment.given_by_rule'),
    );
  });

  it('is nothing where the access has ended in another way', () => {
    expect(changesBy(answer('revoke'), 'Editors', access.initial, exclusion)).toBeNull();
  });

  describe('about what was found', () => {
    const found = {
      type: 'as-found',
      connector: 'wiki-scim',
      account: 'u1',
      reading: 'r1',
      firstSeenAt: at,
      sinceUnknown: true,
      certifyBy: until,
      overdueSince: null,
      certifiedBy: null,
      certifiedAt: null,
    } as const;
    const foundOne = (more: object = {}) =>
      access.evolve(access.initial, {
        type: 'AssignmentCreated',
        v: 1,
        data: { assignment: { ...assignment, cause: { ...found, ...more } }, applications: [] },
      });

    it('makes the reviewer who lets it stay its approver, also until an end', () => {
      expect(changesBy(answer('keep'), 'Editors', foundOne(), exclusion)).toMatchObject({
        steps: [{ is: 'certified', by: 'grace', reason: 'Review Editors' }],
      });
      expect(changesBy(answer('shorten'), 'Editors', foundOne(), exclusion)).toMatchObject({
        steps: [{ is: 'certified' }, { is: 'end-changed', assignment: { cause: { certifiedBy: 'grace' } } }],
      });
    });

    it('certifies nothing where nobody answered, or where somebody certified it before', () => {
      const nobody = { ...answer('keep'), data: { ...answer('keep').data, reviewerId: null } };
      expect(changesBy(nobody, 'Editors', foundOne(), exclusion)).toMatchObject({ steps: [] });
      expect(changesBy(answer('keep'), 'Editors', foundOne({ certifiedBy: 'linus' }), exclusion)).toMatchObject({
        steps: [],
      });
    });

    it('ends it when the reviewer revokes it, certified or not', () => {
      for (const held of [foundOne(), foundOne({ certifiedBy: 'linus' })])
        expect(changesBy(answer('revoke'), 'Editors', held, exclusion)).toMatchObject({
          steps: [],
          revoked: [{ code: 'revoked_by_review' }],
        });
    });
  });
});
