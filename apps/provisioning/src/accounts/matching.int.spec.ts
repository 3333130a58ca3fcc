import { jest } from '@jest/globals';
import { eventually } from '../../../../test/support/eventually.js';
import type { StubUser } from '../../../../test/targets/scim-stub-directory.js';
import { connector, desired, personId } from '../provisioning.fixtures.js';
import { runningWiki, type Wiki } from '../wiki.fixtures.js';

jest.setTimeout(60_000);

const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const employeeNumber = `${enterprise}:employeeNumber`;
const work = 'emails[type eq "work"].value';
const byNumber = { target: employeeNumber, source: 'employeeId' };

describe('the matching rules of a connector', () => {
  let wiki: Wiki;
  beforeAll(async () => {
    wiki = await runningWiki();
  });
  afterAll(() => wiki.stop());

  /** An account that was there before the hub. */
  const before = (userName: string, more: object): string => {
    const { body } = wiki.stub.directory.answer('POST', '/Users', JSON.stringify({ userName, active: true, ...more }));
    return (body as { id: string }).id;
  };
  const numbered = (number: string): object => ({ [enterprise]: { employeeNumber: number } });
  const users = (): readonly StubUser[] => wiki.stub.dump().users;
  const account = async (name: string) =>
    (await wiki.call('GET', `/connectors/wiki/accounts?filter=identity eq "${personId(name)}"`)).body.items[0];
  const parkedFor = (name: string, code: string) =>
    eventually(async () => (await wiki.parked()).some((one) => one.id === personId(name) && one.code === code));
  const states = async (matching: unknown) =>
    (await wiki.call('PUT', '/connectors/wiki', connector(wiki.stub, { matching }))).body;

  it('without any, an account with the userName alone is for a person; with a rule for it, it is linked', async () => {
    await wiki.connect();
    const id = before('ada@corp.example', {});
    await wiki.publish(desired('ada', 1));
    expect(await parkedFor('ada', 'account-of-unknown')).toBe(true);
    await wiki.connect({ matching: [{ target: 'userName', source: 'userName' }] });
    expect(await wiki.inSync('ada', 1)).toBe(true);
    expect(await account('ada')).toMatchObject({ account: id, status: 'active' });
    expect(wiki.users('ada')).toHaveLength(1);
  });

  it('link by the rule of the lowest precedence that finds an account, and leave its identifiers as they are', async () => {
    await wiki.connect({
      matching: [
        { target: work, source: 'email', precedence: 2 },
        { ...byNumber, precedence: 1 },
      ],
    });
    const numbers = before('old.bob@corp.example', numbered('1002'));
    const mail = before('other.bob@corp.example', { emails: [{ type: 'work', value: 'bob@corp.example' }] });
    await wiki.publish(desired('bob', 1, { attributes: { employeeId: '1002', displayName: 'Bob' } }));
    expect(await wiki.inSync('bob', 1)).toBe(true);
    expect(await account('bob')).toMatchObject({ account: numbers });
    const linked = users().find(({ id }) => id === numbers);
    expect(linked).toMatchObject({ userName: 'old.bob@corp.example', displayName: 'Bob' });
    await wiki.publish(desired('cyd', 1, { attributes: { email: 'bob@corp.example', employeeId: '1003' } }));
    expect(await wiki.inSync('cyd', 1)).toBe(true);
    expect(await account('cyd')).toMatchObject({ account: mail });
  });

  it('leave several of one value, and the account of somebody else, to a person', async () => {
    await wiki.connect({ matching: [byNumber] });
    before('first@corp.example', numbered('1004'));
    before('second@corp.example', numbered('1004'));
    await wiki.publish(desired('dan', 1, { attributes: { employeeId: '1004' } }));
    expect(await parkedFor('dan', 'several-matches')).toBe(true);
    await wiki.publish(desired('eve', 1, { attributes: { employeeId: '1002' } }));
    expect(await parkedFor('eve', 'matched-account-of-another')).toBe(true);
    before('third@corp.example', { ...numbered('1005'), externalId: personId('ada') });
    await wiki.publish(desired('fay', 1, { attributes: { employeeId: '1005' } }));
    expect(await parkedFor('fay', 'matched-account-of-another')).toBe(true);
    expect(wiki.users('dan')).toEqual([]);
    before('shared@corp.example', numbered('1006'));
    await wiki.publish(
      desired('gus', 1, { attributes: { employeeId: '1006' } }),
      desired('hal', 1, { attributes: { employeeId: '1006' } }),
    );
    await wiki.quiescence();
    const one = await Promise.all(['gus', 'hal'].map(account));
    expect(one.map(({ parked }) => parked).sort()).toEqual(['matched-account-of-another', null]);
  });

  it('make an account for whom they find none, and search by what the data flow says', async () => {
    await wiki.connect({ matching: [byNumber] });
    await wiki.publish(desired('ian', 1, { attributes: { employeeId: '1009' } }));
    expect(await wiki.inSync('ian', 1)).toBe(true);
    expect(wiki.users('ian')).toMatchObject([{ externalId: personId('ian') }]);
    const flow = (await wiki.call('GET', '/connectors/wiki/data-flow')).body;
    expect(flow.entries).toContainEqual({
      target: employeeNumber,
      because: 'matching',
      type: 'search',
      apply: 'create-only',
      strength: 'always',
      sources: ['employeeId'],
      sensitive: [],
    });
    const evaluated = await wiki.call('POST', '/connectors/wiki/mapping/evaluate', { identity: personId('ian') });
    expect(evaluated.body.matching).toEqual([{ target: employeeNumber, value: '1009' }]);
  });

  it('are refused by name, and can be put back as they are shown', async () => {
    const errors = async (matching: unknown): Promise<unknown> => (await states(matching)).errors;
    expect(await errors([{ target: 'active', source: 'department' }])).toMatchObject([
      { pointer: '/matching/0/target' },
    ]);
    expect(await errors([{ target: 'x y', source: 'email' }])).toMatchObject([{ pointer: '/matching/0/target' }]);
    expect(await errors([{ target: 'userName', source: 'nothing' }])).toMatchObject([
      { pointer: '/matching/0/source' },
    ]);
    expect(await errors([{ target: 'title', source: 'groups' }])).toMatchObject([{ pointer: '/matching/0/source' }]);
    expect(await errors([{ target: 'title', source: 'birthDate' }])).toMatchObject([{ pointer: '/matching/0/source' }]);
    const twice = [byNumber, { target: 'userName', source: 'userName', precedence: 1 }];
    expect(await errors(twice)).toMatchObject([{ pointer: '/matching/1/precedence' }]);
    expect(await errors('x')).toMatchObject([{ pointer: '/matching' }]);
    const shown = (await wiki.call('GET', '/connectors/wiki')).body as { version: number };
    const again = await wiki.call('PUT', '/connectors/wiki', shown);
    expect(again.body).toMatchObject({ version: shown.version, matching: [{ ...byNumber, precedence: 1 }], job: null });
  });
});
