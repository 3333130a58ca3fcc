import { instant, list, named, nullable, object, oneOf, text, uuid } from '#libs/service-kit/openapi/schema.js';
import { namedPersonAnswer, titledAnswer } from '../names/names.exports.js';
import type { WhereaboutsView } from './my-access.query.js';

export const whereaboutsAnswer = named(
  'Whereabouts',
  object<WhereaboutsView>({
    packageId: text,
    package: titledAnswer,
    requestId: nullable(uuid),
    assignmentId: nullable(uuid),
    state: oneOf('waiting-for-approval', 'starts-later', 'suspended', 'being-delivered', 'failed', 'ready'),
    words: text,
    date: nullable(instant),
    acts: oneOf('approvers', 'application-owners', 'connector-administrators', 'nobody'),
    people: list(namedPersonAnswer),
  }),
  {
    packageId: 'wiki-editors',
    package: { id: 'wiki-editors', displayName: 'Wiki editors' },
    requestId: '01a20d55-1fe0-7035-b0be-4fc310015bde',
    assignmentId: null,
    state: 'waiting-for-approval',
    words: 'It waits for a decision of its approvers.',
    date: '2026-03-05T09:00:00.000Z',
    acts: 'approvers',
    people: [{ id: '2c1d0e9f-8a7b-5c6d-8e4f-0a1b2c3d4e5f', employeeId: '1000', displayName: 'Grace Hopper' }],
  },
);
