import { jest } from '@jest/globals';
import { eventually } from '../../../../test/support/eventually.js';
import { assignmentOf, connector, desired, leaver, personId } from '../provisioning.fixtures.js';
import { runningWiki, type Wiki } from '../wiki.fixtures.js';

jest.setTimeout(60_000);

const sales = { department: 'Sales' };
const itStaff = { department: 'IT' };
const scope = 'department eq "Sales"';

describe('the scope of a connector', () => {
  let wiki: Wiki;
  beforeAll(async () => {
    wiki = await runningWiki();
  });
  afterAll(() => wiki.stop());

  const put = async (body: object, query = '') =>
    wiki.call('PUT', `/connectors/wiki${query}`, connector(wiki.stub, body));
  const account = async (name: string) =>
    (await wiki.call('GET', `/connectors/wiki/accounts?filter=identity eq "${personId(name)}"`)).body.items[0];
  const isOut = (name: string) => eventually(async () => (await account(name))?.outOfScope === true);
  const outcomes = async (name: string) =>
    (await wiki.results())
      .filter(({ body }) => body.identity === personId(name))
      .map(({ type, body }) => ({ type: type.replace('hub.provisioning.', ''), ...body }));

  it('tells whom another scope or mapping would touch, does nothing then, and counts whom it did touch', async () => {
    await wiki.connect();
    await wiki.publish(desired('ada', 1, { attributes: sales }));
    await wiki.publish(desired('bob', 1, { attributes: itStaff }));
    await wiki.inSync('ada', 1);
    await wiki.inSync('bob', 1);

    const narrow = { scope, mapping: [{ target: 'title', type: 'direct', source: 'department' }] };
    const foreseen = await put(narrow, '?dryRun=true');
    expect(foreseen.status).toBe(200);
    expect(foreseen.body).toEqual({
      dryRun: true,
      version: 2,
      checked: 2,
      touched: 2,
      needsConfirmation: false,
      missingFields: [],
      gains: 0,
      loses: 1,
      changes: 1,
      fails: 0,
      people: expect.arrayContaining([
        {
          identity: personId('bob'),
          application: 'wiki',
          userName: 'bob@corp.example',
          effect: 'loses',
          targets: [],
          detail: null,
        },
        {
          identity: personId('ada'),
          application: 'wiki',
          userName: 'ada@corp.example',
          effect: 'changes',
          targets: ['title'],
          detail: null,
        },
      ]),
      more: 0,
      preview: expect.any(String),
    });
    const path = `/connectors/wiki/previews/${foreseen.body.preview as string}`;
    await eventually(async () => (await wiki.call('GET', path)).body.status === 'ready');
    expect((await wiki.call('GET', path)).body).toMatchObject({ purpose: { of: 'change' }, counts: { people: 2 } });
    const { items } = (await wiki.call('GET', `${path}/items`)).body as { items: { identity: string }[] };
    const shown = new Map(items.map((one) => [one.identity, one]));
    expect(shown.get(personId('bob'))).toMatchObject({ effect: 'disable', changes: [] });
    expect(shown.get(personId('ada'))).toMatchObject({
      effect: 'update',
      changes: [{ target: 'title', before: null, after: 'Sales' }],
    });
    const reason = 'the change itself does it';
    const released = await wiki.call('POST', '/connectors/wiki/release', { preview: foreseen.body.preview, reason });
    expect(released.body).toMatchObject({ code: 'preview.outdated' });
    await wiki.quiescence();
    expect(wiki.users('bob')[0]).toMatchObject({ active: true });
    expect((await wiki.call('GET', '/connectors/wiki')).body).toMatchObject({ version: 2, scope: null });

    const changed = await put(narrow);
    expect(changed.body).toMatchObject({ version: 3, scope, job: expect.any(String) });
    const job = async () => (await wiki.call('GET', `/jobs/${changed.body.job as string}`)).body;
    expect(await eventually(async () => (await job()).status === 'completed')).toBe(true);
    expect(await job()).toMatchObject({
      change: { connector: 'wiki', version: 3 },
      checked: 2,
      touched: 2,
      loses: 1,
      changes: 1,
    });
    expect(await isOut('bob')).toBe(true);
    expect(wiki.users('bob')[0]).toMatchObject({ active: false });
    expect(await eventually(() => wiki.users('ada')[0]?.['title'] === 'Sales')).toBe(true);

    expect((await put(narrow)).body).toMatchObject({ version: 3, job: null });
    await put({ mapping: narrow.mapping });
    expect(await eventually(() => wiki.users('bob')[0]?.active === true)).toBe(true);
    expect(await wiki.inSync('bob', 1)).toBe(true);
  });

  it('gives accounts to those who match it alone, and takes away and gives back as they change', async () => {
    await wiki.connect({ scope });
    await wiki.publish(desired('cy', 1, { attributes: sales, groups: ['Staff'] }));
    await wiki.publish(desired('dee', 1, { attributes: itStaff }));
    await wiki.inSync('cy', 1);
    expect(await isOut('dee')).toBe(true);
    expect(wiki.users('dee')).toEqual([]);
    expect(await account('dee')).toMatchObject({ status: 'absent', inSync: false, parked: null });
    expect((await outcomes('dee')).map(({ type }) => type)).toEqual(['account.out-of-scope.v1']);

    await wiki.publish(desired('cy', 2, { attributes: itStaff, groups: ['Staff'] }));
    expect(await isOut('cy')).toBe(true);
    expect(wiki.users('cy')[0]).toMatchObject({ active: false });
    expect(wiki.members('Staff')).toEqual([]);
    const removals = (await outcomes('cy')).filter(({ reason }) => reason === 'out-of-scope');
    expect(removals.map(({ type }) => type)).toEqual([
      'operation.started.v1',
      'membership.removed.v1',
      'operation.started.v1',
      'account.disabled.v1',
    ]);
    expect(removals.at(-1)).toMatchObject({ verified: true, because: [assignmentOf('cy')] });

    await wiki.publish(desired('cy', 3, { attributes: sales, groups: ['Staff'] }));
    await wiki.inSync('cy', 3);
    expect(wiki.users('cy')[0]).toMatchObject({ active: true });
    expect(wiki.members('Staff')).toEqual(['cy@corp.example']);
    expect(await account('cy')).toMatchObject({ inSync: true, outOfScope: false });

    await wiki.publish(leaver('dee', 2));
    await wiki.inSync('dee', 2);
  });

  it('is refused by name where it is no filter, or reads what is not known of a person; the document can be put back', async () => {
    await wiki.connect({ scope });
    const errors = async (stated: unknown, query = '') => (await put({ scope: stated }, query)).body.errors;
    expect(await errors('salary gt 1')).toEqual([
      { pointer: '/scope', detail: expect.stringContaining('unknown attribute "salary"') },
    ]);
    expect(await errors('salary gt 1', '?dryRun=true')).toMatchObject([{ pointer: '/scope' }]);
    expect(await errors(7)).toEqual([{ pointer: '/scope', detail: expect.any(String) }]);
    const shown = (await wiki.call('GET', '/connectors/wiki')).body as { version: number };
    const again = await wiki.call('PUT', '/connectors/wiki', shown);
    expect(again.body).toMatchObject({ version: shown.version, scope, job: null });
    expect((await wiki.call('PUT', '/connectors/wiki', again.body as object)).body).toMatchObject({
      version: shown.version,
    });
  });

  it('can be tried for one person', async () => {
    await wiki.connect();
    await wiki.publish(desired('eve', 1, { attributes: itStaff, groups: ['Staff'] }));
    await wiki.inSync('eve', 1);
    const evaluate = async (body: object) =>
      (await wiki.call('POST', '/connectors/wiki/mapping/evaluate', { identity: personId('eve'), ...body })).body;
    const mapping = [{ target: 'title', type: 'expression', expression: 'Join("+", [packages], [groups])' }];
    const tried = await evaluate({ scope, mapping });
    expect(tried).toMatchObject({ inScope: false, missedCondition: scope });
    expect(tried.entries).toContainEqual(expect.objectContaining({ target: 'title', value: 'staff+Staff' }));
    expect(await evaluate({})).toMatchObject({ inScope: true, missedCondition: null });
    expect((await evaluate({ scope: 'x' })).errors).toMatchObject([{ pointer: '/scope' }]);
  });

  it('that would take many accounts away is refused with their number, until it is confirmed', async () => {
    await wiki.connect();
    const people = Array.from({ length: 12 }, (_, n) => `many${n}`);
    await wiki.publish(...people.map((name) => desired(name, 1, { attributes: itStaff })));
    for (const name of people) await wiki.inSync(name, 1);
    const { version } = (await wiki.call('GET', '/connectors/wiki')).body;
    const foreseen = await put({ scope }, '?dryRun=true');
    const { loses } = foreseen.body as unknown as { loses: number };
    expect([loses >= 12, foreseen.body.needsConfirmation]).toEqual([true, true]);
    for (const query of ['', '?confirm=11']) {
      const { status, body } = await put({ scope }, query);
      expect([status, body.code]).toEqual([409, 'connector.takes_accounts']);
      expect(body.detail).toContain(`?confirm=${loses}`);
    }
    expect((await wiki.call('GET', '/connectors/wiki')).body.version).toBe(version);
    expect((await put({ scope, deprovision: { onUnassign: 'keep' } }, '?dryRun=true')).body.needsConfirmation).toBe(
      false,
    );
    expect((await put({ scope }, `?confirm=${loses}`)).status).toBe(200);
    for (const name of people) await isOut(name);
  });
});
