import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { misfitsOf } from '#libs/contracts/fits.fixtures.js';
import { leaksOf, personalTexts, textsIn } from '#libs/contracts/leaks.fixtures.js';
import { contractOf } from '#libs/contracts/registry.js';
import { splitPersonal } from '#libs/contracts/split-personal.js';
import type { AnyFact, RecordedFact } from '#libs/event-store/core.js';
import type { AccessEvent } from './assignments/access.events.js';
import { access } from './assignments/access.js';
import { desiredAccess } from './desired-access/desired-access.js';
import type { SponsorshipEvent } from './sponsorships/sponsorship.events.js';
import type { DelegationEvent } from './delegations/delegation.events.js';
import type { DesiredAccessEvent } from './desired-access/desired-access.events.js';
import { governanceFacts, publishedGovernance } from './governance.published.js';
import type { IdentityEvent } from './identities/identity.events.js';
import { identity } from './identities/identity.js';
import type { AccessRequestEvent } from './requests/access-request.events.js';
import { accessRequest } from './requests/access-request.js';
import { some } from '../../../test/support/some.js';

/** One stored example of each fact and version. Lines are added, never edited. */
function goldenOf<Event extends AnyFact>(path: string): Event[] {
  const lines = readFileSync(join(import.meta.dirname, path), 'utf8')
    .trim()
    .split('\n');
  return lines.map((line) => JSON.parse(line) as Event);
}
const golden = {
  identities: goldenOf<IdentityEvent>('identities/golden/identity.facts.jsonl'),
  access: goldenOf<AccessEvent>('assignments/golden/access.facts.jsonl'),
  desired: goldenOf<DesiredAccessEvent>('desired-access/golden/desired-access.facts.jsonl'),
  catalog: goldenOf('catalog/golden/catalog.facts.jsonl'),
  releases: goldenOf('catalog/golden/release.facts.jsonl'),
  packageReleases: goldenOf('catalog/golden/package-release.facts.jsonl'),
  delegations: goldenOf<DelegationEvent>('delegations/golden/delegation.facts.jsonl'),
  lockdowns: goldenOf('lockdowns/golden/lockdown.facts.jsonl'),
  reviews: goldenOf('campaigns/golden/review.facts.jsonl'),
  reviewItems: goldenOf('campaigns/golden/review-item.facts.jsonl'),
  sponsorships: goldenOf<SponsorshipEvent>('sponsorships/golden/sponsorship.facts.jsonl'),
  requests: goldenOf<AccessRequestEvent>('requests/golden/access-request.facts.jsonl'),
};
const all: readonly AnyFact[] = Object.values(golden).flat();

const recorded = (fact: AnyFact, index: number): RecordedFact => ({
  ...fact,
  id: `0198c0de-0000-7000-8000-${String(index).padStart(12, '0')}`,
  stream: 'stream-0198c0de-0000-7000-8000-00000000000a',
  version: index + 1,
  epoch: 1,
  occurredAt: '2026-03-02T09:00:00.000Z',
  actor: 'service/governance',
  correlationId: '0198c0de-0000-7000-8000-0000000000dd',
  causationId: null,
});
/** Every text in the personal parts of a fact. */
const partsOf = (personal: AnyFact['personal']): string[] =>
  Object.values(personal ?? {}).flatMap(({ fields }) => textsIn(fields));
const forgotten = (fact: AnyFact): AnyFact =>
  fact.personal === undefined
    ? fact
    : {
        ...fact,
        personal: Object.fromEntries(
          Object.entries(fact.personal).map(([part, { subject }]) => [part, { subject, fields: null }]),
        ),
      };

describe('facts of the past', () => {
  it('are golden for every type', () => {
    expect(new Set(all.map(({ type }) => type))).toEqual(new Set(governanceFacts));
  });

  it('fold', () => {
    expect(golden.identities.reduce(identity.evolve, identity.initial)).toMatchObject({
      status: 'active',
      person: { tokenSubjects: [{}, {}] },
    });
    expect(golden.access.reduce(access.evolve, access.initial)).toMatchObject({
      assignments: [
        { packageId: 'wiki-user', phase: 'active', applications: [{ delivery: 'delivered' }] },
        { packageId: 'wiki-guest', phase: 'active', until: '2026-07-01T00:00:00.000Z', noticed: null },
        { packageId: 'bank-root', cause: { type: 'break-glass' } },
        { packageId: 'wiki-reader', grace: { code: 'moved', decides: 'manager' } },
        { packageId: 'as-found:wiki:account', cause: { certifiedBy: '0198c0de-0000-7000-8000-00000000000b' } },
        { packageId: 'as-found:wiki:group:Editors', cause: { overdueSince: '2026-05-31T09:00:00.000Z' } },
      ],
      emergencies: [],
      exceptions: [{ rule: 'payments' }, { rule: 'audits' }],
      findings: [{ rule: 'payments', status: 'excepted' }],
    });
    const [changed] = golden.desired;
    expect(changed === undefined ? null : desiredAccess.evolve(null, changed)).toMatchObject({
      accounts: [{ active: true, groups: ['Editors'] }],
    });
    expect(golden.requests.slice(0, 3).reduce(accessRequest.evolve, accessRequest.initial)).toMatchObject({
      status: 'approved',
      decisions: [{ comment: 'Fine with me' }],
    });
  });

  it('fold after everything personal in them was forgotten', () => {
    const gone = <Event extends AnyFact>(facts: readonly Event[]): Event[] =>
      facts.map((fact) => forgotten(fact) as Event);
    expect(gone(golden.identities).reduce(identity.evolve, identity.initial)).toMatchObject({
      status: 'active',
      person: null,
    });
    expect(gone(golden.access).reduce(access.evolve, access.initial).assignments).toHaveLength(6);
    expect(gone(golden.requests).slice(0, 3).reduce(accessRequest.evolve, accessRequest.initial)).toMatchObject({
      justification: null,
    });
  });

  it('hold nothing personal outside their personal parts', () => {
    for (const { data, personal } of some(all)) expect(leaksOf(partsOf(personal), data)).toEqual([]);
  });
});

describe('what is told of a fact', () => {
  it.each(all.map((fact, index) => [fact.type, recorded(fact, index)] as const))(
    '%s: one message that fits its contract',
    (_, fact) => {
      for (const told of [fact, { ...fact, ...forgotten(fact) }]) {
        const [message, ...others] = publishedGovernance(told);
        expect(others).toEqual([]);
        const contract = contractOf(message?.type ?? '');
        expect(contract?.topic).toBe(message?.topic);
        expect(misfitsOf(message?.type ?? '', message?.body)).toBeNull();
        expect(message).toMatchObject({ id: fact.id, sequence: fact.version, source: `/governance/${fact.stream}` });
        const { type = '', body = {}, key, subject, source, actor } = message ?? {};
        const open = [key, subject, source, actor, splitPersonal(type, body).public];
        expect(leaksOf([...personalTexts(type, body), ...partsOf(told.personal)], open)).toEqual([]);
      }
    },
  );

  it('of the catalog is the whole document, so that the log can say under which policy access was given', () => {
    for (const fact of golden.catalog as (AnyFact & { readonly data: { readonly document: object } })[])
      expect(publishedGovernance(recorded(fact, 0))[0]?.body).toMatchObject(fact.data.document);
  });
});
