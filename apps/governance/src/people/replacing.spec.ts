import { describe, expect, it } from '@jest/globals';
import { certify, foundChanges } from '../assignments/as-found.js';
import { afterDays, GivenPerson, packageNamed, ruleNamed } from './given-person.fixtures.js';

const seen = { firstSeenAt: afterDays(-1), sinceUnknown: true };
const editorsId = 'as-found:wiki:group:Editors';
const editorsOnly = [{ application: 'wiki', group: 'Editors' }];
const base = packageNamed('base', { grants: editorsOnly });
const engineers = ruleNamed('engineers', 'department eq "Engineering"', ['base']);

/** Somebody who was in these groups before the hub. */
function foundIn(ada: GivenPerson, ...groups: string[]): GivenPerson {
  let ids = 0;
  const found = { connector: 'wiki-scim', application: 'wiki', account: 'u1', reading: 'r1' };
  const terms = { identityId: 'ada', newId: () => `f${(ids += 1)}`, certifyBy: afterDays(90) };
  const entitlements = [{ account: true, ...seen } as const, ...groups.map((group) => ({ group, ...seen }))];
  ada.asked(foundChanges({ ...found, entitlements }, terms, ada.access));
  return ada;
}
const refusal = (code: string) => expect.objectContaining({ code });
const types = (facts: readonly { readonly type: string }[]): string[] => facts.map(({ type }) => type);

describe('a package that takes the place of what was found', () => {
  it('is held by the rule that gives it, and the application keeps what it has', () => {
    const ada = foundIn(GivenPerson.under(base, engineers), 'Editors', 'Old');
    const facts = ada.replaced('base');
    expect(facts).toContainEqual(
      expect.objectContaining({ data: expect.objectContaining({ code: 'replaced', removals: [] }) }),
    );
    expect(ada.packages).toEqual(['as-found:wiki:account', 'as-found:wiki:group:Old', 'base']);
    expect(ada.groups).toEqual(['Editors', 'Old']);
    expect(ada.desired).not.toHaveProperty('withdrawn');
  });

  it('is assigned where no rule gives it', () => {
    const ada = foundIn(GivenPerson.under(base), 'Editors');
    expect(types(ada.replaced('base'))).toEqual(expect.arrayContaining(['AssignmentRevoked', 'AssignmentCreated']));
    expect(ada.assignmentOf('base').cause).toEqual({ type: 'direct', by: 'grace' });
    expect(ada.groups).toEqual(['Editors']);
  });

  it('takes what it gives with it when it ends: nothing is found again', () => {
    const ada = foundIn(GivenPerson.under(base, engineers), 'Editors');
    ada.replaced('base');
    foundIn(ada, 'Editors');
    expect(ada.packages).not.toContain(editorsId);
    ada.stated({ department: 'Sales' });
    expect(ada.groups).toEqual([]);
  });

  it('leaves alone what somebody has certified', () => {
    const ada = foundIn(GivenPerson.under(base), 'Editors');
    ada.asked(certify(ada.assignmentOf(editorsId).assignmentId, { by: 'grace', own: false, reason: 'x' }, ada.access));
    expect(() => ada.replaced('base')).toThrow(refusal('assignment.not_active'));
    expect(ada.packages).toContain(editorsId);
  });

  it('is refused where the person may not have it, or the caller may not give it: it stays as found', () => {
    const exclusive = packageNamed('base', { grants: editorsOnly, incompatibleWith: ['guest'] });
    const ada = GivenPerson.under(exclusive, packageNamed('guest'));
    ada.requested('guest');
    foundIn(ada, 'Editors');
    expect(() => ada.replaced('base')).toThrow(refusal('assignment.incompatible'));
    expect(() => ada.replaced('base', { mayAssign: false })).toThrow(refusal('assignment.not_owner'));
    expect(() => ada.replaced('base', { own: true })).toThrow(refusal('assignment.own'));
    expect(ada.packages).toContain(editorsId);
  });
});
