import { startScimStub, type ScimStub } from '../../../../test/targets/scim-stub.js';
import { AddressGuard } from '#libs/outgoing/address-guard.js';
import {
  type Protection,
  protectionFaults,
  reading,
  ScimTarget,
  type Target,
  withOwnAccount,
  withProtection,
} from './targets.exports.js';

const nothing: Protection = { accounts: [], accountFilter: null, groups: [], groupFilter: null };
const refused = (what: string): object => ({
  terms: { code: `protected-${what}`, effectUnknown: false, status: null },
});

describe('protection', () => {
  let stub: ScimStub;
  let open: Target;
  let writes: string[];
  beforeEach(async () => {
    stub = await startScimStub({ token: 't' });
    writes = [];
    stub.onRequest = (method, url) => void (method === 'GET' || writes.push(`${method} ${url}`));
    const auth = { type: 'bearer', token: () => 't' } as const;
    const guard = new AddressGuard([], true);
    open = new ScimTarget({ baseUrl: stub.baseUrl, auth, guard, connections: 2, nowMs: () => Date.now() });
  });
  afterEach(async () => {
    await open.destroy();
    await stub.stop();
  });

  it.each<[string, Partial<Protection>]>([
    ['by its user name, in any case', { accounts: ['Break-Glass@corp.example'] }],
    ['by its id', { accounts: ['u1'] }],
    ['by a filter', { accountFilter: 'userName sw "break-"' }],
  ])('keeps an account as it is: %s', async (_, protection) => {
    const { id } = stub.directory.addUser({ userName: 'break-glass@corp.example', active: true });
    const other = stub.directory.addUser({ userName: 'ada@corp.example', active: true });
    const { accounts } = withProtection(open, { ...nothing, ...protection });
    await expect(accounts.setActive(id, false, reading)).rejects.toMatchObject(refused('account'));
    await expect(accounts.change(id, { displayName: 'x' }, {}, reading)).rejects.toMatchObject(refused('account'));
    await expect(accounts.remove(id, reading)).rejects.toMatchObject(refused('account'));
    expect(writes).toEqual([]);
    await accounts.setActive(other.id, false, reading);
    expect(stub.dump().users.map(({ active }) => active)).toEqual([true, false]);
  });

  it.each<[string, Partial<Protection>]>([
    ['by its name, in any case', { groups: ['admins'] }],
    ['by its id', { groups: ['g1'] }],
    ['by a filter', { groupFilter: 'displayName eq "Admins"' }],
  ])('keeps the members of a group as they are: %s', async (_, protection) => {
    const groups = withProtection(open, { ...nothing, ...protection }).entitlements('group');
    const [admins, staff] = [await groups?.create?.('Admins', reading), await groups?.create?.('Staff', reading)];
    writes = [];
    await expect(groups?.grant(admins?.id ?? '', ['u1'], reading)).rejects.toMatchObject(refused('group'));
    await expect(groups?.revoke(admins?.id ?? '', ['u1'], reading)).rejects.toMatchObject(refused('group'));
    expect(writes).toEqual([]);
    await groups?.grant(staff?.id ?? '', ['u1'], reading);
    expect(stub.dump().groups.map(({ members }) => members.length)).toEqual([0, 1]);
  });

  it('keeps the groups of a protected account as they are, and changes those of others', async () => {
    const { id } = stub.directory.addUser({ userName: 'break-glass@corp.example', active: true });
    const other = stub.directory.addUser({ userName: 'ada@corp.example', active: true });
    const staff = await open.entitlements('group')?.create?.('Staff', reading);
    await open.entitlements('group')?.grant(staff?.id ?? '', [id], reading);
    writes = [];
    const groups = withProtection(open, { ...nothing, accounts: ['break-glass@corp.example'] }).entitlements('group');
    await expect(groups?.revoke(staff?.id ?? '', [id], reading)).rejects.toMatchObject(refused('account'));
    await expect(groups?.grant(staff?.id ?? '', [other.id, id], reading)).rejects.toMatchObject(refused('account'));
    expect(writes).toEqual([]);
    await groups?.grant(staff?.id ?? '', [other.id], reading);
    expect(stub.dump().groups[0]?.members).toEqual([{ value: id }, { value: other.id }]);
  });

  it('never disables or removes the account that the hub signs in with', async () => {
    const own = stub.directory.addUser({ userName: 'Hub@corp.example', active: false });
    const other = stub.directory.addUser({ userName: 'ada@corp.example', active: true });
    const { accounts } = withOwnAccount(open, 'hub@corp.example');
    await expect(accounts.setActive(own.id, false, reading)).rejects.toMatchObject(refused('account'));
    await expect(accounts.remove(own.id, reading)).rejects.toMatchObject(refused('account'));
    expect(writes).toEqual([]);
    await accounts.setActive(own.id, true, reading);
    await accounts.setActive(other.id, false, reading);
    expect(stub.dump().users.map(({ active }) => active)).toEqual([true, false]);
  });

  it('keeps nobody from being disabled where accounts cannot be read', async () => {
    const { id } = stub.directory.addUser({ userName: 'ada@corp.example', active: true });
    stub.reply = ({ method }) => (method === 'GET' ? { status: 403, body: {} } : null);
    await withOwnAccount(open, 'hub@corp.example').accounts.setActive(id, false, reading);
    expect(stub.dump().users[0]?.active).toBe(false);
  });

  it('refuses a filter that it cannot apply', () => {
    expect(protectionFaults({ ...nothing, accountFilter: 'department eq "IT"', groupFilter: 'displayName' })).toEqual([
      ['accountFilter', expect.stringContaining('it may read id, userName')],
      ['groupFilter', expect.stringContaining('it may read id, displayName')],
    ]);
  });
});
