import { instant, named, nullable, object, oneOf, text, uuid } from '#libs/service-kit/openapi/schema.js';
import { namedPackageAnswer, namedPersonAnswer } from '../names/names.exports.js';
import type { KeepDecision } from './keep.js';
import type { MoverReview } from './mover-reviews.query.js';

const assignment = '01a20d55-2a10-7c41-9d0e-5b7a9e1c2d3f';
const ada = '8f6f3c1e-2b6d-5a7e-9c1d-3f2b1a0c9d8e';

export const moverReviewAnswer = named(
  'MoverReview',
  object<MoverReview>({
    assignmentId: uuid,
    packageId: text,
    package: namedPackageAnswer,
    identityId: uuid,
    identity: namedPersonAnswer,
    manager: nullable(namedPersonAnswer),
    why: oneOf('rule_no_longer_matches', 'not_eligible', 'moved'),
    dueAt: instant,
    since: instant,
    until: nullable(instant),
  }),
  {
    assignmentId: assignment,
    packageId: 'wiki-editors',
    package: { id: 'wiki-editors', displayName: 'Wiki editors' },
    identityId: ada,
    identity: { id: ada, employeeId: '1001', displayName: 'Ada Lovelace' },
    manager: { id: '2c1d0e9f-8a7b-5c6d-8e4f-0a1b2c3d4e5f', employeeId: '1000', displayName: 'Grace Hopper' },
    why: 'moved',
    dueAt: '2026-03-16T09:00:00.000Z',
    since: '2026-01-02T09:00:00.000Z',
    until: null,
  },
);

export interface DecidedReview {
  readonly assignmentId: string;
  readonly decision: KeepDecision['decision'];
}

export const decidedReviewAnswer = named<DecidedReview>(
  'DecidedMoverReview',
  object<DecidedReview>({ assignmentId: uuid, decision: oneOf('keep', 'shorten', 'drop') }),
  { assignmentId: assignment, decision: 'keep' },
);
