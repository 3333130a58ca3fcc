import type { AccessEvent } from '../assignments/assignments.exports.js';
import { noChanges } from '../assignments/assignments.exports.js';
import { type CatalogEntry, CatalogSnapshot, filledDocument } from '../policy/policy.exports.js';
import type { KnownIdentity } from '../identities/identity.js';
import { FactOrigins } from './fact-origins.js';
import { unknownPerson, type Person } from './person-batch.js';

const identityId = '0198c0de-0000-5000-8000-00000000000a';
const known: KnownIdentity = {
  identityId,
  status: 'active',
  kind: 'person',
  managerId: null,
  primaryWorkerId: 'w',
  employments: [],
  person: {
    displayName: 'Ada',
    userName: 'ada',
    tokenSubjects: [],
    records: { w: { employeeId: '1', familyName: 'L', hireDate: '2026-01-01' } },
  },
};
const ada: Person = { ...unknownPerson(identityId), identity: { id: identityId, version: 1, state: known } };
const origin = (causationId: string) => ({ causationId, correlationId: `of ${causationId}` });
const grant = (group: string) => ({ application: 'wiki', group });

/**
 * A rule gives both packages since fact 3; `apart` keeps them apart in this mode since fact 5. Fact 6 says with what the package that is had is incompatible.
 */
const catalogOf = (mode: 'prevent' | 'detect', incompatibleWith: readonly string[] = []): CatalogSnapshot => {
  const packages = ['had', 'freed'].map((id, index): CatalogEntry => {
    const [gives, grants] = [origin(`${index + 1}`), origin(`${index + 1}`)];
    const terms = { displayName: id, grants: [grant(id)], ...(id === 'had' ? { incompatibleWith } : {}) };
    const document = filledDocument('access-package', terms);
    return { kind: 'access-package', id, version: 1, document, gives, grants, separates: origin('6') };
  });
  const given = { displayName: 'both', filter: 'status eq "active"', packages: ['had', 'freed'] };
  const apart = { displayName: 'apart', left: ['had'], right: ['freed'], mode };
  return new CatalogSnapshot(1, [
    ...packages,
    {
      kind: 'birthright-rule',
      id: 'both',
      version: 1,
      document: filledDocument('birthright-rule', given),
      gives: origin('3'),
    },
    {
      kind: 'separation-rule',
      id: 'apart',
      version: 2,
      document: filledDocument('separation-rule', apart),
      gives: origin('5'),
    },
  ]);
};

const at = '2026-03-02T09:00:00.000Z';
const terms = (packageId: string) => ({
  assignmentId: `of-${packageId}`,
  identityId,
  packageId,
  packageVersion: 1,
  cause: { type: 'birthright' as const, rule: 'both' },
  since: at,
});
const given: AccessEvent = {
  type: 'AssignmentCreated',
  v: 1,
  data: { assignment: terms('freed'), applications: [{ application: 'wiki' }] },
} as unknown as AccessEvent;
const releasedFrom = (rule: string): AccessEvent => ({
  type: 'BirthrightWithholdingEnded',
  v: 1,
  data: {
    withheldId: 'w',
    identityId,
    packageId: 'freed',
    rule: 'both',
    because: [{ rule, packages: ['freed', 'had'] }],
    withheldAt: at,
    endedAt: at,
  },
});
const released = releasedFrom('apart');
const revoked: AccessEvent = {
  type: 'AssignmentRevoked',
  v: 1,
  data: { assignment: terms('had'), code: 'revoked', at },
} as unknown as AccessEvent;
const causeOf = (facts: readonly AccessEvent[], mode: 'prevent' | 'detect', incompatibleWith: readonly string[] = []) =>
  new FactOrigins(facts, {
    person: ada,
    formerly: known,
    catalog: catalogOf(mode, incompatibleWith),
    asked: noChanges,
  }).ofFact(given);

describe('a birthright that a rule of separation withheld', () => {
  it('is caused by the last change of that rule, when it separates no more', () => {
    expect(causeOf([given, released], 'detect')).toEqual(origin('5'));
  });

  it('is caused by the last change of what a package is incompatible with, when that separates no more', () => {
    expect(causeOf([given, releasedFrom('package:had')], 'detect')).toEqual(origin('6'));
  });

  it('is caused by the work that takes away what a package is incompatible with', () => {
    expect(causeOf([given, releasedFrom('package:had'), revoked], 'detect', ['freed'])).toBeNull();
  });

  it('is caused by the work that takes away what it was separated from', () => {
    expect(causeOf([given, released, revoked], 'prevent')).toBeNull();
  });

  it('is caused by the rule that gives it, if nothing withheld it', () => {
    expect(causeOf([given], 'detect')).toEqual(origin('3'));
  });
});
