import { BillingApi } from '../../../../test/targets/billing-api.js';
import { startScimStub, type ScimStub } from '../../../../test/targets/scim-stub.js';
import { AddressGuard } from '#libs/outgoing/address-guard.js';
import { compileRest, type Page, reading, RestClient, RestEntitlements, ScimTarget } from './targets.exports.js';

/** Every page of a list. */
async function all<Item>(
  pageAt: (cursor: string | null) => Promise<Page<Item>>,
): Promise<{ items: Item[]; complete: boolean }> {
  const items: Item[] = [];
  let cursor: string | null = null;
  for (;;) {
    const page: Page<Item> = await pageAt(cursor);
    items.push(...page.items);
    cursor = page.next;
    if (cursor === null) return { items, complete: page.complete };
  }
}

describe('lists of an application', () => {
  let stub: ScimStub;
  let billing: BillingApi;
  let target: ScimTarget;
  let client: RestClient;
  let roles: RestEntitlements;
  beforeEach(async () => {
    stub = await startScimStub({ token: 't' });
    billing = new BillingApi(() => stub.dump().users.map(({ id }) => id));
    stub.reply = (request) => billing.answer(request);
    const guard = new AddressGuard([], true);
    const auth = { type: 'bearer', token: () => 't' } as const;
    const access = { baseUrl: stub.baseUrl, auth, guard, connections: 2, nowMs: () => Date.now() };
    target = new ScimTarget(access);
    const { description } = compileRest(BillingApi.description(`http://127.0.0.1:${stub.port}`));
    if (description?.roles == null) throw new Error('the description is refused');
    client = new RestClient({ ...access, baseUrl: description.baseUrl ?? '' }, description);
    roles = new RestEntitlements(client, description.roles);
  });
  afterEach(async () => {
    await Promise.all([target.destroy(), client.destroy()]);
    await stub.stop();
  });

  it('show every account, with what it has', async () => {
    for (let n = 0; n < 250; n++) stub.directory.addUser({ userName: `u${n}`, active: n % 2 === 0 });
    const { items, complete } = await all((cursor) => target.accounts.list(cursor, reading));
    expect(complete).toBe(true);
    expect(items.map(({ userName }) => userName)).toEqual(Array.from({ length: 250 }, (_, n) => `u${n}`));
    expect(items[1]?.active).toBe(false);
  });

  it('are not complete when an account goes while they are read', async () => {
    const [first] = Array.from({ length: 250 }, (_, n) => stub.directory.addUser({ userName: `u${n}` }));
    stub.reply = (_request, usual) => {
      const answer = usual();
      stub.directory.answer('DELETE', `/Users/${first?.id ?? ''}`, '');
      return answer;
    };
    expect((await all((cursor) => target.accounts.list(cursor, reading))).complete).toBe(false);
  });

  it('show groups, and who is in one', async () => {
    const groups = target.entitlements('group');
    const { id = '' } = (await groups?.create?.('Staff', reading)) ?? {};
    const holders = async (): Promise<unknown> => await groups?.allHolders?.(id, null, reading);
    // An application may never show members: an empty group proves nothing until one was shown.
    expect(await holders()).toMatchObject({ items: [], complete: false });
    await groups?.grant(id, ['u1', 'u2'], reading);
    expect(await holders()).toEqual({ items: ['u1', 'u2'], next: null, complete: true });
    await groups?.revoke(id, ['u1', 'u2'], reading);
    expect(await holders()).toEqual({ items: [], next: null, complete: true });
    expect(await groups?.list(null, reading)).toMatchObject({ items: [{ id, name: 'Staff' }] });
  });

  it('show roles with their descriptions, and the roles of one account', async () => {
    const { id } = stub.directory.addUser({ userName: 'ada' });
    const listed = await all((cursor) => roles.list(cursor, reading));
    expect(listed).toEqual({ items: billing.roles, complete: true });
    await roles.grant('r2', [id], reading);
    expect(await roles.heldBy?.(id, null, reading)).toEqual({ items: ['r2'], next: null, complete: true });
  });

  it('prove the place by an account that is there', async () => {
    const { id } = stub.directory.addUser({ userName: 'ada' });
    const ada = { id, isSame: ({ userName }: { userName?: string }) => userName === 'ada' };
    const stranger = { id, isSame: () => false };
    expect(await target.probe([ada], reading)).toMatchObject({ place: stub.baseUrl, proven: true, same: [0] });
    expect(await target.probe([ada, stranger], reading)).toMatchObject({ proven: false });
    expect(await target.probe([{ ...ada, id: 'none' }], reading)).toMatchObject({ proven: false, unclear: false });
  });
});
