import { describe, expect, it } from '@jest/globals';
import { filledDocument, type CatalogEntry } from '../policy/policy.exports.js';
import { affectedBy } from './affected-people.js';
import { afterDays, GivenPerson, packageNamed } from './given-person.fixtures.js';

const wiki: CatalogEntry = {
  kind: 'application',
  id: 'wiki',
  version: 1,
  document: filledDocument('application', {
    displayName: 'Wiki',
    connectorId: 'wiki',
    entitlements: [{ group: 'root', description: null, risk: 'high', owner: null, privileged: true }],
  }),
};
const rule = (until: string | null) => ({
  displayName: 'On call',
  filter: 'department eq "Engineering"',
  packages: ['root', 'base'],
  privilegedException: 'They are on call',
  privilegedExceptionUntil: until,
  graceDays: 5,
});
const onCall = (until: string | null): CatalogEntry => ({
  kind: 'birthright-rule',
  id: 'on-call',
  version: 1,
  document: rule(until),
});
const root = packageNamed('root', { maxDuration: 'P30D' });
const given = (until: string | null) => GivenPerson.under(wiki, root, packageNamed('base'), onCall(until));

describe('what is privileged, and a rule gives by an exception', () => {
  it('has the end of the exception; what is not privileged has none', () => {
    const ada = given(afterDays(30));
    expect([ada.assignmentOf('root').until, ada.assignmentOf('base').until]).toEqual([afterDays(30), undefined]);
  });
  it('ends with the exception, without grace, and the rule does not give it again', () => {
    const ada = given(afterDays(30));
    ada.on(29);
    expect(ada.packages).toEqual(['base', 'root']);
    expect(ada.on(30)).toMatchObject([{ type: 'AssignmentRevoked', data: { code: 'expired' } }]);
    expect(ada.packages).toEqual(['base']);
    expect(ada.on(40)).toEqual([]);
  });
  it('ends later once the exception has a later end, and comes back if it had ended', () => {
    const ada = given(afterDays(30));
    const end = { formerUntil: afterDays(30), cause: { type: 'rule', rule: 'on-call' } };
    expect(ada.defined(onCall(afterDays(50)))).toMatchObject([{ type: 'AssignmentEndChanged', data: end }]);
    expect(ada.assignmentOf('root').until).toBe(afterDays(50));
    ada.on(50);
    ada.defined(onCall(afterDays(90)));
    expect(ada.assignmentOf('root').until).toBe(afterDays(90));
  });
  it('has no end any more where it is not privileged any more', () => {
    const ada = given(afterDays(30));
    const plain = { ...wiki, document: { ...wiki.document, entitlements: [] } } as CatalogEntry;
    expect(ada.defined(plain)).toMatchObject([{ type: 'AssignmentEndChanged' }]);
    expect(ada.assignmentOf('root').until).toBeUndefined();
  });
  it('is looked at for everybody whom the rule matches, when the exception gets another end', () => {
    const { filter } = rule(null);
    expect(affectedBy('on-call', rule(afterDays(30)), rule(afterDays(50)))).toEqual({
      ...{ who: 'matching', rule: 'on-call', filter },
      filters: [{ before: null, after: filter }],
    });
    expect(affectedBy('on-call', rule(null), rule(null))).toEqual({ who: 'nobody' });
  });
});
