import { count, instant, named, nullable, object, oneOf, uuid } from '#libs/service-kit/openapi/schema.js';
import { namedPersonAnswer } from '../names/names.exports.js';
import type { SponsorshipView } from './sponsorships.query.js';

const carl = '8f6f3c1e-2b6d-5a7e-9c1d-3f2b1a0c9d8e';
const sue = '2c1d0e9f-8a7b-5c6d-8e4f-0a1b2c3d4e5f';

export const sponsorshipAnswer = named(
  'Sponsorship',
  object<SponsorshipView>({
    identityId: uuid,
    identity: namedPersonAnswer,
    sponsorId: nullable(uuid),
    sponsor: nullable(namedPersonAnswer),
    endsAt: nullable(instant),
    noticed: nullable(count),
    problem: nullable(oneOf('no-sponsor', 'no-end')),
  }),
  {
    identityId: carl,
    identity: { id: carl, employeeId: '2001', displayName: 'Carl Contractor' },
    sponsorId: sue,
    sponsor: { id: sue, employeeId: '1000', displayName: 'Sue Sponsor' },
    endsAt: '2026-06-30T22:00:00.000Z',
    noticed: 30,
    problem: null,
  },
);
