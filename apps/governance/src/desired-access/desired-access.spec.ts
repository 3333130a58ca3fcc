import {
  desire,
  desiredAccess,
  carriedOtherwise,
  type DesiredAccess,
  type Justification,
  type Wanted,
} from './desired-access.js';

const identityId = '0198c0de-0000-5000-8000-00000000000a';
const account = (id: string, packageId: string, groups: readonly string[] = []): Justification => ({
  assignmentId: id,
  packageId,
  entitlements: [{ account: true }, ...groups.map((group) => ({ group }))],
});
const groups = (id: string, packageId: string, ...names: readonly string[]): Justification => ({
  assignmentId: id,
  packageId,
  entitlements: names.map((group) => ({ group })),
});
const wanted = (justifications: readonly Justification[], more: Partial<Wanted> = {}): Wanted => ({
  identityId,
  application: 'wiki',
  status: 'active',
  attributes: { userName: 'ada' },
  sources: null,
  justifications,
  ...more,
});
const said = (...wishes: readonly Wanted[]): DesiredAccess =>
  wishes.reduce<DesiredAccess>((state, one) => desire(one, state).reduce(desiredAccess.evolve, state), null);

describe('desired access', () => {
  it('is the account and groups that packages grant, sorted, each with its reasons', () => {
    expect(said(wanted([account('2', 'base', ['Z', 'A']), groups('1', 'extra', 'A', 'B')]))).toEqual({
      identity: identityId,
      application: 'wiki',
      status: 'active',
      accounts: [
        {
          type: 'User',
          active: true,
          attributes: { userName: 'ada' },
          packages: ['base', 'extra'],
          groups: ['A', 'B', 'Z'],
        },
      ],
      entitlements: [
        { account: true, because: ['2'] },
        { group: 'A', because: ['1', '2'] },
        { group: 'B', because: ['1'] },
        { group: 'Z', because: ['2'] },
      ],
    });
  });
  it('is said only when it differs from what was said last', () => {
    const one = wanted([account('1', 'base')]);
    expect(desire(one, said(one))).toEqual([]);
    expect(desire(wanted([account('1', 'base')], { attributes: { userName: 'ada2' } }), said(one))).toHaveLength(1);
    expect(desire(wanted([account('2', 'base')]), said(one))).toHaveLength(1);
  });
  it('carries what the connector reads of the person, and says what that is', () => {
    const attributes = { userName: 'ada', department: 'IT', managerIdentity: 'm', custom: { site: 'x', badge: 'y' } };
    const reading = (...sources: string[]) => said(wanted([account('1', 'base')], { attributes, sources }));
    const [one] = reading('userName', 'custom.site', 'jobTitle', 'userName')?.accounts ?? [];
    expect(one?.attributes).toEqual({ userName: 'ada', custom: { site: 'x' } });
    expect(one?.sources).toEqual(['custom.site', 'jobTitle', 'userName']);
    expect(reading('manager')?.accounts[0]?.attributes).toEqual({ managerIdentity: 'm' });
    expect(reading()?.accounts[0]).toMatchObject({ attributes: {}, sources: [] });
    expect(said(wanted([account('1', 'base')], { attributes }))?.accounts[0]).toMatchObject({ attributes });
  });
  it('is said again when the connector reads something else, also where nobody has it, and not for what it does not read', () => {
    const reading = (sources: readonly string[] | null, more: object = {}) =>
      wanted([account('1', 'base')], { attributes: { userName: 'ada', ...more }, sources });
    const before = said(reading(['userName']));
    expect(desire(reading(['userName'], { department: 'IT' }), before)).toEqual([]);
    expect(desire(reading(['jobTitle', 'userName']), before)).toHaveLength(1);
    expect(desire(reading(null), before)).toHaveLength(1);
    expect(desire(reading(['userName']), said(reading(null)))).toHaveLength(1);
  });
  it('tells nothing new of somebody without access, and no more than is read now', () => {
    const reading = (...sources: string[]) =>
      wanted([account('1', 'base')], { attributes: { userName: 'ada', department: 'IT', jobTitle: 'x' }, sources });
    const gone = (...sources: string[]) => ({ ...reading(...sources), justifications: [] });
    const ended = said(reading('department', 'userName'), gone('jobTitle', 'userName'));
    expect(ended?.accounts[0]).toMatchObject({ active: false, attributes: { userName: 'ada' }, sources: ['userName'] });
  });
  it('is nothing to say while there never was an account', () => {
    expect(desire(wanted([]), null)).toEqual([]);
    expect(desire(wanted([groups('1', 'extra')]), null)).toEqual([]);
  });
  it('has the account that a group or role needs, for the same reasons', () => {
    const roles = { assignmentId: '3', packageId: 'audit', entitlements: [{ role: 'Auditor' }] };
    expect(said(wanted([groups('1', 'extra', 'A'), roles]))).toMatchObject({
      accounts: [{ active: true, packages: ['audit', 'extra'], groups: ['A'] }],
      entitlements: [
        { account: true, because: ['1', '3'] },
        { group: 'A', because: ['1'] },
        { role: 'Auditor', because: ['3'] },
      ],
    });
  });
  it('keeps an account while a group or role needs it, and switches it off with the last of them', () => {
    const both = [account('1', 'base'), groups('2', 'extra', 'A')];
    const one = said(wanted(both), wanted(both.slice(1)));
    expect(one).toMatchObject({ accounts: [{ active: true }], entitlements: [{ account: true, because: ['2'] }, {}] });
    expect(said(wanted(both), wanted(both.slice(1)), wanted([]))).toMatchObject({
      accounts: [{ active: false }],
      entitlements: [],
    });
    expect(said(wanted(both), wanted(both.slice(0, 1)))).toMatchObject({
      entitlements: [{ account: true, because: ['1'] }],
    });
  });
  it('switches the account off when nothing grants it, and keeps what was last known of it', () => {
    const off = said(
      wanted([account('1', 'base')]),
      wanted([groups('2', 'extra')], { attributes: { userName: 'other' } }),
    );
    expect(off).toMatchObject({
      status: 'active',
      accounts: [{ active: false, packages: [], groups: [], attributes: { userName: 'ada' } }],
      entitlements: [],
    });
    expect(desire(wanted([], { attributes: { userName: 'yet another' } }), off)).toEqual([]);
  });
  it('of a leaver is an account switched off, whatever is still held', () => {
    const left = said(
      wanted([account('1', 'base', ['A'])]),
      wanted([account('1', 'base', ['A'])], { status: 'inactive' }),
    );
    expect(left).toMatchObject({ status: 'leaver', accounts: [{ active: false, groups: [] }], entitlements: [] });
  });
  it('comes back with the person', () => {
    const first = wanted([account('1', 'base')]);
    expect(said(first, wanted([], { status: 'inactive' }), wanted([account('2', 'base')]))).toMatchObject({
      status: 'active',
      accounts: [{ active: true }],
    });
  });
  it('keeps attributes personal, and survives their being forgotten', () => {
    const [fact] = desire(wanted([account('1', 'base')]), null);
    if (fact === undefined) throw new Error('nothing said');
    expect(JSON.stringify(fact.data)).not.toContain('ada');
    const forgotten = desiredAccess.evolve(null, {
      ...fact,
      personal: { account: { subject: identityId, fields: null } },
    });
    expect(forgotten?.accounts[0]).toMatchObject({ active: true, attributes: {} });
  });
});

describe('what a message carries otherwise', () => {
  it('is each assignment that justifies more or less than before, and whether anything is left of it', () => {
    const one = said(wanted([account('1', 'base')]));
    const two = said(wanted([account('1', 'base'), account('2', 'more', ['A'])]));
    const less = said(wanted([account('1', 'base'), account('2', 'more')]));
    if (one === null || two === null || less === null) throw new Error('nothing said');
    expect(carriedOtherwise(null, one)).toEqual(new Map([['1', true]]));
    expect(carriedOtherwise(one, two)).toEqual(new Map([['2', true]]));
    expect(carriedOtherwise(two, less)).toEqual(new Map([['2', true]]));
    expect(carriedOtherwise(two, one)).toEqual(new Map([['2', false]]));
    expect(carriedOtherwise(two, two)).toEqual(new Map());
  });
});
