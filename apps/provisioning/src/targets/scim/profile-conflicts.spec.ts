import { type ProfiledDocument, profileConflicts } from './profile-conflicts.js';
import { type ProfileChoice, profileNames, profileOf, protocolOf } from './scim-profiles.js';

const entry = { type: 'direct', value: null, default: null, onNull: 'clear' };

/** A document that goes together with every template. */
const documentOf = (choice: ProfileChoice, more: Partial<ProfiledDocument> = {}): ProfiledDocument => ({
  protocol: protocolOf(profileOf(choice)),
  deprovision: { onUnassign: 'disable', onLeave: 'disable', deleteAfter: null },
  groups: { create: false },
  mapping: [],
  matching: null,
  targets: ['userName', 'name.givenName', 'name.familyName', 'displayName', 'emails', 'entitlements'],
  ...more,
});
const refusedAt = (choice: ProfileChoice, more: Partial<ProfiledDocument>): string[] =>
  profileConflicts(choice, documentOf(choice, more)).map(({ pointer }) => pointer);
const deprovision = { onUnassign: 'disable', onLeave: 'disable', deleteAfter: null };

describe('a document with a profile', () => {
  it.each(profileNames)('%s is taken where it asks for nothing that the application cannot do', (name) => {
    expect(profileConflicts(name, documentOf(name))).toEqual([]);
  });

  it.each(['okta-style', 'slack', 'salesforce', 'scim1'])(
    '%s may not delete accounts in any way: the application only disables them',
    (name) => {
      for (const [field, value] of [
        ['onLeave', 'delete'],
        ['onUnassign', 'delete'],
        ['deleteAfter', 'P30D'],
      ] as const)
        expect(refusedAt(name, { deprovision: { ...deprovision, [field]: value } })).toEqual([`/deprovision/${field}`]);
    },
  );

  it.each(['generic', 'entra-style', 'aws-identity-center', 'github-emu', 'servicenow'])(
    '%s may delete accounts, at once or later',
    (name) => {
      const ends = { onUnassign: 'delete', onLeave: 'delete', deleteAfter: 'P30D' };
      expect(refusedAt(name, { deprovision: ends })).toEqual([]);
    },
  );

  it('may not delete later where the application disables no accounts: they are disabled first', () => {
    const choice = { template: 'generic', switches: { deactivate: 'none' } };
    const ends = { onUnassign: 'delete', onLeave: 'delete', deleteAfter: 'P30D' };
    expect(refusedAt(choice, { deprovision: ends })).toEqual(['/deprovision/deleteAfter']);
  });

  it.each([
    ['slack', 'userName', 'a-name-of-more-than-21-characters', true],
    ['slack', 'userName', 'short', false],
    ['aws-identity-center', 'displayName', 'Ada <ada>', true],
    ['generic', 'displayName', 'Ada <ada>', false],
  ])('%s, mapping to %s the same text for everybody, %j: refused %s', (name, target, text, isRefused) => {
    const mapping = [
      { ...entry, target, type: 'constant', value: text },
      { ...entry, target, default: text },
    ];
    expect(refusedAt(name, { mapping })).toEqual(isRefused ? ['/mapping/0/value', '/mapping/1/default'] : []);
  });

  it.each([
    ['aws-identity-center', 'emails[type eq "work"].value', true],
    ['aws-identity-center', 'externalId', false],
    ['slack', 'externalId', true],
    ['slack', 'emails[type eq "work"].value', false],
    ['github-emu', 'emails', true],
    ['scim1', 'nickName', true],
    ['okta-style', 'nickName', true],
    ['entra-style', 'nickName', false],
    ['generic', 'nickName', false],
  ])(
    '%s, matching accounts by %s: refused %s, because the application cannot be searched so',
    (name, target, isRefused) => {
      expect(refusedAt(name, { matching: [{ target }] })).toEqual(isRefused ? ['/matching/0/target'] : []);
    },
  );
});
