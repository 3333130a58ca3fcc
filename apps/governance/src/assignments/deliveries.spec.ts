import type { AccessEvent, Carried } from './access.events.js';
import { deliveriesOf, newestIn } from './deliveries.js';

const at = (minute: number): string => `2026-03-02T09:0${minute}:00.000Z`;
const assignment = {
  assignmentId: 'a1',
  identityId: 'ada',
  packageId: 'editors',
  packageVersion: 1,
  cause: { type: 'birthright', rule: 'r' },
  since: at(0),
} as const;
const carried = (application: string, delivery: Carried['delivery']): Carried => ({
  application,
  epoch: 1,
  sequence: 1,
  delivery,
});
const changed = (minute: number, one: Carried, words?: string): AccessEvent & { occurredAt: string } => ({
  type: 'AssignmentDeliveryChanged',
  v: 1,
  data: { assignment, carried: one, delivery: 'pending' },
  ...(words === undefined ? {} : { personal: { words: { subject: 'ada', fields: { words } } } }),
  occurredAt: at(minute),
});
const facts = [
  {
    type: 'AssignmentCreated',
    v: 1,
    data: { assignment, applications: [carried('wiki', 'pending'), carried('crm', 'pending')] },
    occurredAt: at(0),
  } as const,
  changed(1, carried('wiki', 'failed'), 'no licence is left'),
  changed(2, carried('crm', 'delivered')),
  changed(3, carried('crm', 'delivered')),
];

describe('the deliveries of an assignment', () => {
  it('are told for each application, with its words when it refuses', () => {
    expect(newestIn(deliveriesOf('a1', facts))).toEqual([
      { application: 'wiki', at: at(1), what: 'delivery', state: 'failed', words: 'no licence is left' },
      { application: 'crm', at: at(2), what: 'delivery', state: 'delivered', words: null },
    ]);
  });

  it('have a history, without what says nothing new, and without other assignments', () => {
    expect(deliveriesOf('a1', facts).map(({ application, state }) => `${application} ${state}`)).toEqual([
      'wiki pending',
      'crm pending',
      'wiki failed',
      'crm delivered',
    ]);
    expect(deliveriesOf('a2', facts)).toEqual([]);
  });

  it('end with what has to be removed', () => {
    const items = [{ group: 'Editors', removal: 'pending' }] as const;
    const removals = [{ application: 'wiki', epoch: 1, sequence: 2, granted: true, items }];
    const revoked: AccessEvent & { occurredAt: string } = {
      type: 'AssignmentRevoked',
      v: 1,
      data: { assignment, code: 'given_up', delivery: 'partial', revokedAt: at(5), removals },
      personal: { reason: { subject: 'ada', fields: {} } },
      occurredAt: at(5),
    };
    expect(newestIn(deliveriesOf('a1', [...facts, revoked]))).toMatchObject([
      { application: 'wiki', what: 'removal', state: 'pending', at: at(5) },
      { application: 'crm', what: 'delivery' },
    ]);
  });
});
