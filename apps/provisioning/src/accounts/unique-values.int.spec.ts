import { jest } from '@jest/globals';
import { eventually } from '../../../../test/support/eventually.js';
import type { StubUser } from '../../../../test/targets/scim-stub-directory.js';
import { connector, desired, personId } from '../provisioning.fixtures.js';
import { runningWiki, type Wiki } from '../wiki.fixtures.js';

jest.setTimeout(60_000);

const work = 'emails[type eq "work"].value';
/** The address of a person by pattern, as Microsoft's page on SelectUniqueValue has it. */
const address = {
  target: work,
  type: 'expression',
  expression:
    'SelectUniqueValue(Join("@", NormalizeDiacritics(StripSpaces(Join(".", [givenName], [familyName]))), DefaultDomain()), Join("@", NormalizeDiacritics(StripSpaces(Join(".", Left([givenName], 1), [familyName]))), DefaultDomain()))',
  apply: 'create-only',
};
const terms = { mappingDefaults: false, defaultDomain: 'contoso.example' };
const userName = { target: 'userName', type: 'direct', source: 'id' };

describe('a value that nobody else has', () => {
  let wiki: Wiki;
  beforeAll(async () => {
    wiki = await runningWiki();
    await wiki.connect({ ...terms, mapping: [userName, address] });
  });
  afterAll(() => wiki.stop());

  const joins = async (...names: string[]): Promise<void> => {
    const attributes = { givenName: 'John', familyName: 'Smith' };
    await wiki.publish(...names.map((name) => desired(name, 1, { attributes })));
  };
  const users = (): readonly StubUser[] => wiki.stub.dump().users;
  const addressOf = (name: string): unknown =>
    (users().find(({ userName: is }) => is === personId(name)) as { emails?: { value: string }[] } | undefined)
      ?.emails?.[0]?.value;
  const parkedFor = (name: string, code: string) =>
    eventually(async () => (await wiki.parked()).some((one) => one.id === personId(name) && one.code === code));

  it('is chosen by the rules in their order, one for each person who joins at the same time', async () => {
    await joins('ada', 'bob');
    expect([await wiki.inSync('ada', 1), await wiki.inSync('bob', 1)]).toEqual([true, true]);
    expect([addressOf('ada'), addressOf('bob')].sort()).toEqual([
      'J.Smith@contoso.example',
      'John.Smith@contoso.example',
    ]);
  });

  it('is not chosen twice: somebody for whom no rule gives one is for a person, and goes on after the mapping has one', async () => {
    const attributes = { givenName: 'John', familyName: 'Smith', employeeId: '1003' };
    await wiki.publish(desired('cyd', 1, { attributes }));
    expect(await parkedFor('cyd', 'no-unique-value')).toBe(true);
    const third = address.expression.replace(/\)$/, ', [employeeId] & "@" & DefaultDomain())');
    await wiki.connect({ ...terms, mapping: [userName, { ...address, expression: third }] });
    expect(await wiki.inSync('cyd', 1)).toBe(true);
    expect(addressOf('cyd')).toBe('1003@contoso.example');
  });

  it('stays with who left, also where the application keeps nothing of them', async () => {
    const directory = wiki.stub.directory;
    await wiki.connect({ ...terms, mapping: [userName, address] });
    for (const { id } of users()) directory.answer('DELETE', `/Users/${id}`, '');
    await joins('dan');
    expect(await parkedFor('dan', 'no-unique-value')).toBe(true);
  });

  it('is not that of an account that was there before the hub', async () => {
    const found = { userName: 'legacy', active: true, emails: [{ type: 'work', value: 'Jane.Doe@contoso.example' }] };
    wiki.stub.directory.answer('POST', '/Users', JSON.stringify(found));
    await wiki.publish(desired('jane', 1, { attributes: { givenName: 'Jane', familyName: 'Doe' } }));
    expect(await wiki.inSync('jane', 1)).toBe(true);
    expect(addressOf('jane')).toBe('J.Doe@contoso.example');
  });

  it('is written once: another name changes nothing of it', async () => {
    await wiki.publish(desired('jane', 2, { attributes: { givenName: 'Jane', familyName: 'Roe' } }));
    expect(await wiki.inSync('jane', 2)).toBe(true);
    expect(addressOf('jane')).toBe('J.Doe@contoso.example');
  });

  it('is shown before it is stored: the first that nobody else was given', async () => {
    await wiki.publish(
      desired('kay', 1, { active: false }),
      desired('john', 1, { attributes: { givenName: 'John', familyName: 'Smith' } }),
    );
    await parkedFor('john', 'no-unique-value');
    const body = { identity: personId('jane'), ...terms, mapping: [address] };
    const { entries } = (await wiki.call('POST', '/connectors/wiki/mapping/evaluate', body)).body;
    expect(entries).toMatchObject([{ target: work, outcome: 'value', value: 'Jane.Roe@contoso.example' }]);
    const other = (
      await wiki.call('POST', '/connectors/wiki/mapping/evaluate', { ...body, identity: personId('john') })
    ).body;
    expect(other.entries).toMatchObject([{ outcome: 'failed', detail: expect.stringContaining('somebody else') }]);
  });

  it('is refused where it would be written again, decides whose an account is, or has no domain', async () => {
    const states = async (more: object): Promise<unknown> =>
      (await wiki.call('PUT', '/connectors/wiki', connector(wiki.stub, { ...terms, ...more }))).body.errors;
    expect(await states({ mapping: [{ ...address, apply: 'always' }] })).toMatchObject([
      { pointer: '/mapping/0/apply' },
    ]);
    expect(await states({ mapping: [address], defaultDomain: null })).toMatchObject([
      { pointer: '/mapping/0/expression', detail: expect.stringContaining('defaultDomain') },
    ]);
    expect(await states({ mapping: [address], matching: [{ target: work, source: 'email' }] })).toMatchObject([
      { pointer: '/matching/0/target' },
    ]);
    expect(await states({ defaultDomain: 'not a domain' })).toMatchObject([{ pointer: '/defaultDomain' }]);
  });
});
