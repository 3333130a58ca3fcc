import { jest } from '@jest/globals';
import { eventually } from '../../../../test/support/eventually.js';
import { connector, desired, leaver, personId } from '../provisioning.fixtures.js';
import { runningWiki, type Wiki } from '../wiki.fixtures.js';

jest.setTimeout(60_000);

const into = (target: string, expression: string, more: object = {}) => ({
  target,
  type: 'expression',
  expression,
  ...more,
});
const nickName = 'ToLower(NormalizeDiacritics(Left([givenName], 1) & [surname]))';

describe('a mapping with expressions', () => {
  let wiki: Wiki;
  beforeEach(async () => {
    wiki = await runningWiki();
  });
  afterEach(() => wiki.stop());

  const evaluate = (name: string, body: object = {}) =>
    wiki.call('POST', '/connectors/wiki/mapping/evaluate', { identity: personId(name), ...body });

  it('writes what they give, and follows a change; what is to be ignored stays as it is', async () => {
    await wiki.connect({
      mapping: [
        into('nickName', nickName),
        into('title', 'IgnoreFlowIfNullOrEmpty([jobTitle])'),
        into('preferredLanguage', '[custom.language]', { default: 'en' }),
      ],
    });
    const zoe = { givenName: 'Zoë', familyName: 'Åberg', jobTitle: 'Engineer' };
    await wiki.publish(desired('zoe', 1, { attributes: zoe }));
    await wiki.inSync('zoe', 1);
    expect(wiki.users('zoe')[0]).toMatchObject({ nickName: 'zaberg', title: 'Engineer', preferredLanguage: 'en' });
    const moved = { ...zoe, familyName: 'Öz', jobTitle: '', custom: { language: 'sv' } };
    await wiki.publish(desired('zoe', 2, { attributes: moved }));
    await wiki.inSync('zoe', 2);
    expect(wiki.users('zoe')[0]).toMatchObject({ nickName: 'zoz', title: 'Engineer', preferredLanguage: 'sv' });
  });

  it('has at most 200 entries, wherever it is stated, and each target once however it is written', async () => {
    await wiki.connect();
    const entries = Array.from({ length: 201 }, (_, index) => into(`x${index}`, nickName));
    const twice = [into('ims[type eq "Work"].value', nickName), into('IMS[ type eq "work" ].value', nickName)];
    const refused = async (mapping: object[]): Promise<unknown[]> => [
      (await evaluate('ada', { mapping })).body.errors,
      (await wiki.call('PUT', '/connectors/wiki', connector(wiki.stub, { mapping }))).body.errors,
    ];
    const many = [{ pointer: '/mapping', detail: 'must have at most 200 entries' }];
    expect(await refused(entries)).toEqual([many, many]);
    const again = [{ pointer: '/mapping/1/target', detail: 'is mapped twice: keep one of the entries' }];
    expect(await refused(twice)).toEqual([again, again]);
    const most = connector(wiki.stub, { mapping: entries.slice(0, 200) });
    expect((await wiki.call('PUT', '/connectors/wiki', most)).status).toBe(200);
  });

  it('parks an account for which there is no value, and does for it whatever else can be done', async () => {
    await wiki.connect({ mapping: [into('title', 'FormatDateTime([custom.badge], , "yyyy-MM-dd", "yyyy")')] });
    const good = { custom: { badge: '2026-03-02' } };
    await wiki.publish(
      desired('ada', 1, { attributes: good, groups: ['Staff'] }),
      desired('eve', 1, { attributes: good }),
    );
    for (const name of ['ada', 'eve']) await wiki.inSync(name, 1);
    const bad = { displayName: 'Renamed', custom: { badge: 'soon' } };
    await wiki.publish(desired('ada', 2, { attributes: bad }), desired('new', 1, { attributes: bad }));
    await eventually(async () => (await wiki.parked()).length === 2);
    expect(new Set((await wiki.parked()).map(({ code }) => code))).toEqual(new Set(['mapping-failed']));
    expect(
      (await wiki.call('GET', '/connectors/wiki/parked')).body.items.map(({ detail }: { detail: string }) => detail),
    ).toEqual([
      'title: at 0: "soon" is no date of the form yyyy-MM-dd',
      'title: at 0: "soon" is no date of the form yyyy-MM-dd',
    ]);
    expect(wiki.members('Staff')).toEqual([]);
    expect(wiki.users('ada')[0]).toMatchObject({ displayName: 'Renamed', title: '2026' });
    expect(wiki.users('new')).toEqual([]);
    await wiki.publish(leaver('ada', 3));
    await wiki.inSync('ada', 3);
    expect(wiki.users('ada')[0]?.active).toBe(false);
    // Mended at its source, it goes on by itself.
    await wiki.publish(desired('new', 2, { attributes: good }));
    await wiki.inSync('new', 2);
    expect(wiki.users('new')[0]).toMatchObject({ title: '2026' });
  });

  it.each([
    [into('title', 'Join(".", [givenName]'), '/mapping/0/expression', 'at 21: expected , or ), found the end'],
    [into('title', 'joinn(".", [givenName])'), '/mapping/0/expression', 'there is no function joinn; write Join'],
    [into('title', 'ToUpper([nickname])'), '/mapping/0/expression', 'at 8: reads [nickname], which is no attribute'],
    [into('title', 'SelectUniqueValue("a", "b")'), '/mapping/0/apply', 'must be create-only'],
    [into('urn:ietf:params:scim:schemas:core:2.0:User:title', '"x"'), '/mapping/0/target', 'write title'],
    [into('USERNAME', '[email]'), '/mapping/0/target', 'write it so'],
    [into('emails[type eq work].value', '[email]'), '/mapping/0/target', 'give for example'],
    [{ target: 'password', type: 'constant', value: 'same' }, '/mapping/0/value', 'RandomString'],
    [into('title', 'DefaultDomain()'), '/mapping/0/expression', 'give defaultDomain in the connector'],
    [into('title', '[givenName]', { source: 'givenName' }), '/mapping/0/source', 'is for direct: leave it out'],
    [{ target: 'title', type: 'expression' }, '/mapping/0/expression', 'is missing: write one'],
    [into('title', '[jobTitle]', { default: 'x', onNull: 'ignore' }), '/mapping/0/onNull', 'has no effect'],
    [
      { target: 'title', type: 'direct', source: 'email', expression: 'x' },
      '/mapping/0/expression',
      'is for expression',
    ],
  ])('is refused where it is stated: %j', async (entry, pointer, detail) => {
    await wiki.connect();
    const refused = await wiki.call('PUT', '/connectors/wiki', connector(wiki.stub, { mapping: [entry] }));
    expect([refused.status, refused.body.errors]).toEqual([
      400,
      [{ pointer, detail: expect.stringContaining(detail) }],
    ]);
    expect((await evaluate('ada', { mapping: [entry] })).body.errors).toEqual(refused.body.errors);
  });

  it('leaves an attribute as it is where there is no value, if an entry says so', async () => {
    await wiki.connect({
      mapping: [
        { target: 'title', type: 'direct', source: 'jobTitle', onNull: 'ignore' },
        into('nickName', '[custom.nick]', { onNull: 'ignore' }),
        { target: 'preferredLanguage', type: 'direct', source: 'preferredLanguage' },
      ],
    });
    const full = { jobTitle: 'Engineer', custom: { nick: 'zo' }, preferredLanguage: 'sv' };
    await wiki.publish(desired('zoe', 1, { attributes: full }));
    await wiki.inSync('zoe', 1);
    await wiki.publish(desired('zoe', 2, { attributes: {} }));
    await wiki.inSync('zoe', 2);
    expect(wiki.users('zoe')[0]).toMatchObject({ title: 'Engineer', nickName: 'zo' });
    expect(wiki.users('zoe')[0]).not.toHaveProperty('preferredLanguage');
  });

  it('is refused when it fails a test of its own, and says what it gives', async () => {
    const mapping = [
      into('nickName', nickName),
      into('userType', '[extensionAttribute3] & [custom.y]'),
      into('title', 'FormatDateTime(Now(), , "M/d/yyyy h:mm:ss tt", "yyyy")'),
    ];
    const attributes = { givenName: 'Zoë', surname: 'Öz', extensionAttribute3: 'x', custom: { y: 'y' } };
    const zoe = { name: 'An umlaut', attributes };
    const put = (...mappingTests: object[]) =>
      wiki.call('PUT', '/connectors/wiki', connector(wiki.stub, { mapping, mappingTests }));
    const refused = await put(
      { ...zoe, expect: { nickName: 'zoz', title: '2025', photo: 'x', displayName: null, userType: 'xy' } },
      { ...zoe, attributes: { givenname: 'Zoë' }, expect: { nickName: null } },
    );
    expect([refused.status, refused.body.errors]).toEqual([
      400,
      [
        { pointer: '/mappingTests/0/expect/title', detail: 'the mapping gives "2026"' },
        { pointer: '/mappingTests/0/expect/photo', detail: 'is no target of the mapping' },
        { pointer: '/mappingTests/1/attributes/givenname', detail: expect.stringContaining('is no attribute') },
      ],
    ]);
    const taken = await put({ ...zoe, expect: { nickName: 'zoz', title: '2031' }, now: '2031-05-01T00:00:00+02:00' });
    expect([taken.status, taken.body.mappingTests]).toEqual([
      201,
      [{ ...zoe, expect: { nickName: 'zoz', title: '2031' }, now: '2031-04-30T22:00:00.000Z' }],
    ]);
  });

  it('sends something sensitive only where the connector names it, and tells what it sends', async () => {
    const born = into('title', 'Left([birthDate], 4)');
    const until = { target: 'nickName', type: 'direct', source: 'leaveUntil' };
    const refused = await wiki.call('PUT', '/connectors/wiki', connector(wiki.stub, { mapping: [born, until] }));
    expect([refused.status, refused.body.errors]).toEqual([
      400,
      [
        { pointer: '/mapping/0/expression', detail: expect.stringContaining('reads birthDate, which is sensitive') },
        { pointer: '/mapping/1/source', detail: expect.stringContaining('reads leaveUntil') },
      ],
    ]);
    await wiki.connect({ mapping: [born], sensitive: ['birthDate'] });
    const body = await eventually(async () => {
      const told = (await wiki.call('GET', '/connectors/wiki/data-flow')).body;
      return told.applications.length > 0 ? told : null;
    });
    expect(body).toMatchObject({ connector: 'wiki', applications: ['wiki'], mode: 'enforce' });
    expect(body.recipient).toBe(new URL(wiki.stub.baseUrl).host);
    expect(body.entries).toContainEqual({
      target: 'title',
      because: 'mapping',
      type: 'expression',
      apply: 'always',
      strength: 'always',
      sources: ['birthDate'],
      sensitive: ['birthDate'],
    });
    expect(body.entries).toContainEqual(expect.objectContaining({ target: 'emails', sources: ['email'] }));
    expect((await wiki.call('GET', '/connectors/none/data-flow')).status).toBe(404);
  });

  it('shows what it gives for one person, step by step, and writes nothing', async () => {
    await wiki.connect({ mapping: [into('title', '[jobTitle]')] });
    await wiki.publish(desired('zoe', 1, { attributes: { givenName: 'Zoë', familyName: 'Öz' } }));
    await wiki.inSync('zoe', 1);
    const stored = await evaluate('zoe');
    expect(stored.status).toBe(200);
    expect(stored.body.entries.find(({ target }: { target: string }) => target === 'title')).toMatchObject({
      type: 'expression',
      outcome: 'empty',
    });
    const tried = await evaluate('zoe', {
      mapping: [
        into('nickName', nickName),
        into('title', 'Item(Split([givenName], " "), 2)'),
        into('userType', 'Not([custom.guest])'),
      ],
      mappingDefaults: false,
    });
    expect(tried.body.entries[2].warnings).toMatchObject([{ code: 'not-of-anything', at: 0 }]);
    expect(tried.body.entries.slice(0, 2)).toMatchObject([
      { target: 'nickName', outcome: 'value', value: 'zoz', detail: null, warnings: [] },
      { target: 'title', outcome: 'failed', value: null, detail: 'at 0: there is no item 2: items count from 1' },
    ]);
    expect(tried.body.entries[0].steps).toContainEqual({ expression: 'Left([givenName], 1)', at: 28, value: 'Z' });
    expect(wiki.users('zoe')[0]).not.toHaveProperty('nickName');
    expect((await evaluate('bob')).status).toBe(404);
    expect((await wiki.call('POST', '/connectors/none/mapping/evaluate', { identity: personId('zoe') })).status).toBe(
      404,
    );
  });
});
