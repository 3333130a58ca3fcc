import { describe, expect, it } from '@jest/globals';
import { certify, foundChanges, goneAfter, type FoundAccess } from '../assignments/as-found.js';
import { revoke } from '../assignments/access.js';
import { afterDays, GivenPerson, moverRule, packageNamed, ruleNamed } from './given-person.fixtures.js';

const found = (...entitlements: FoundAccess['entitlements']): FoundAccess => ({
  connector: 'wiki-scim',
  application: 'wiki',
  account: 'u1',
  reading: 'r1',
  entitlements,
});
const seen = { firstSeenAt: afterDays(-1), sinceUnknown: true };
const account = { account: true, ...seen } as const;
const editors = { group: 'Editors', ...seen };
const editorsId = 'as-found:wiki:group:Editors';
const base = packageNamed('base', { grants: [{ application: 'wiki', group: 'Editors' }] });
const engineers = ruleNamed('engineers', 'department eq "Engineering"', ['base']);

let ids = 0;
const shown = (ada: GivenPerson, access: FoundAccess) =>
  ada.asked(
    foundChanges(
      access,
      { identityId: '0198c0de-0000-5000-8000-00000000000a', newId: () => `f${(ids += 1)}`, certifyBy: afterDays(90) },
      ada.access,
    ),
  );
const types = (facts: readonly { readonly type: string }[]) => facts.map(({ type }) => type);
const revoked = (ada: GivenPerson, packageId: string) =>
  ada.asked(
    revoke(
      ada.assignmentOf(packageId).assignmentId,
      {
        code: 'revoked_by_owner',
        reason: 'Nobody needs it',
        exclusion: { exclusionId: 'x', excludedBy: 'olga', until: afterDays(90) },
      },
      ada.access,
    ),
  );

describe('access that a reading found', () => {
  it('is an assignment with its source, delivered already, until somebody certifies it', () => {
    const ada = GivenPerson.under();
    shown(ada, found(account, editors));
    expect(ada.assignmentOf(editorsId)).toMatchObject({
      since: afterDays(-1),
      cause: {
        type: 'as-found',
        connector: 'wiki-scim',
        account: 'u1',
        sinceUnknown: true,
        certifyBy: afterDays(90),
        certifiedBy: null,
      },
      applications: [{ application: 'wiki', delivery: 'delivered' }],
    });
    expect(ada.desired).toMatchObject({
      accounts: [{ active: true, packages: [] }],
      entitlements: [{ account: true }, { group: 'Editors' }],
    });
  });

  it('is found once, however often it is shown', () => {
    const ada = GivenPerson.under();
    shown(ada, found(account, editors));
    expect(shown(ada, found(account, editors))).toEqual([]);
  });

  it('is never removed by recomputation: not by a move, not by a change of attributes, not by time', () => {
    const ada = GivenPerson.under(moverRule({ requestedAccess: 'end', days: 0 }));
    shown(ada, found(account, editors));
    ada.stated({ department: 'Sales', jobTitle: 'Seller' });
    ada.managedBy('another');
    expect(types(ada.on(89))).toEqual([]);
    expect(ada.packages).toEqual(['as-found:wiki:account', editorsId]);
  });

  it('stays in the application when a rule that gives the same does not give it any more, and the other way round', () => {
    const ada = GivenPerson.under(base, engineers);
    shown(ada, found(account, editors));
    expect(ada.desired?.entitlements.find((one) => 'group' in one)?.because).toHaveLength(2);
    ada.stated({ department: 'Sales' });
    expect(ada.desired).toMatchObject({ entitlements: [{ account: true }, { group: 'Editors' }] });
    ada.stated({ department: 'Engineering' });
    revoked(ada, editorsId);
    expect(ada.desired).toMatchObject({ entitlements: [{ account: true }, { group: 'Editors' }] });
    expect(ada.desired).not.toHaveProperty('withdrawn');
  });

  it('ends as no longer there when a complete reading does not show it, with nothing left to remove', () => {
    const ada = GivenPerson.under();
    shown(ada, found(account, editors));
    expect(shown(ada, found(account))).toMatchObject([
      { type: 'AssignmentRevoked', data: { code: 'no_longer_there', removals: [] } },
    ]);
    expect(ada.access.ended).toEqual([]);
    shown(ada, found(account, { ...editors, firstSeenAt: afterDays(0) }));
    expect(ada.packages).toContain(editorsId);
  });

  it('is taken away in the application when somebody revokes it, and is not found again as long as it is still there', () => {
    const ada = GivenPerson.under();
    shown(ada, found(account, editors));
    revoked(ada, editorsId);
    expect(ada.desired).toMatchObject({ entitlements: [{ account: true }], withdrawn: [{ group: 'Editors' }] });
    expect(shown(ada, found(account, editors))).toEqual([]);
    expect(goneAfter(found(account, editors), ada.access)).toEqual([]);
    expect(goneAfter(found(account), ada.access)).toMatchObject([{ data: { removal: 'done' } }]);
  });

  it('is found again where somebody gave it again after it was revoked', () => {
    const ada = GivenPerson.under();
    shown(ada, found(account, editors));
    revoked(ada, editorsId);
    ada.on(3);
    shown(ada, found(account, { ...editors, firstSeenAt: afterDays(3) }));
    expect(ada.packages).toContain(editorsId);
  });

  it('ends when its holder leaves, and is withdrawn in the application', () => {
    const ada = GivenPerson.under();
    shown(ada, found(account, editors));
    ada.stated({}, 'inactive');
    expect(ada.packages).toEqual([]);
    expect(ada.desired).toMatchObject({ status: 'leaver', withdrawn: [{ account: true }, { group: 'Editors' }] });
  });

  it('is there although it violates a rule, and the finding says so', () => {
    const ada = GivenPerson.under(packageNamed('base', { incompatibleWith: ['guest'] }), packageNamed('guest'));
    ada.requested('guest');
    ada.defined({
      kind: 'separation-rule',
      id: 'editors',
      version: 1,
      document: {
        displayName: 'Guests do not edit',
        left: ['guest'],
        right: [{ application: 'wiki', group: 'Editors' }],
        mode: 'prevent',
        compensatingControls: [],
        owners: [],
        dueIn: 'P30D',
      },
    });
    shown(ada, found(account, editors));
    expect(ada.packages).toContain(editorsId);
    expect(ada.access.findings).toMatchObject([{ rule: 'editors' }]);
  });
});

describe('certifying what was found', () => {
  const certified = (ada: GivenPerson, by = 'grace', own = false) =>
    ada.asked(certify(ada.assignmentOf(editorsId).assignmentId, { by, own, reason: 'Writes' }, ada.access));

  it('makes who certifies its approver', () => {
    const ada = GivenPerson.under();
    shown(ada, found(account, editors));
    expect(types(certified(ada))).toEqual(['AssignmentCertified']);
    expect(ada.assignmentOf(editorsId).cause).toMatchObject({ certifiedBy: 'grace', certifiedAt: afterDays(0) });
  });

  it('is refused for one’s own access, for other access, and twice', () => {
    const ada = GivenPerson.under(base, engineers);
    shown(ada, found(account, editors));
    const refusal = (act: () => unknown): unknown => {
      try {
        return act();
      } catch (error) {
        return (error as { code: string }).code;
      }
    };
    expect(refusal(() => certified(ada, 'ada', true))).toBe('assignment.own_certification');
    certified(ada);
    expect(refusal(() => certified(ada))).toBe('assignment.certified');
    const { assignmentId } = ada.assignmentOf('base');
    expect(refusal(() => certify(assignmentId, { by: 'x', own: false, reason: 'y' }, ada.access))).toBe(
      'assignment.not_as_found',
    );
  });

  it('is overdue, once, when nobody has answered by its date; what is certified never is', () => {
    const ada = GivenPerson.under();
    shown(ada, found(account, editors));
    certified(ada);
    expect(ada.on(90)).toMatchObject([
      {
        type: 'AssignmentCertificationOverdue',
        data: { assignment: { packageId: 'as-found:wiki:account', cause: { overdueSince: afterDays(90) } } },
      },
    ]);
    expect(ada.on(100)).toEqual([]);
  });
});
