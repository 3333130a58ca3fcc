import { jest } from '@jest/globals';
import type { StubUser } from '../../../../test/targets/scim-stub-directory.js';
import { connector, desired, personId } from '../provisioning.fixtures.js';
import { runningWiki, type Wiki } from '../wiki.fixtures.js';

jest.setTimeout(60_000);

const nickName = { target: 'nickName', type: 'direct', source: 'preferredName', strength: 'only-if-empty' };

describe('a mapping entry of strength only-if-empty', () => {
  let wiki: Wiki;
  beforeAll(async () => {
    wiki = await runningWiki();
    await wiki.connect({ mapping: [nickName], matching: [{ target: 'userName', source: 'userName' }] });
  });
  afterAll(() => wiki.stop());

  const user = (name: string): StubUser | undefined => wiki.users(name)[0];
  const nickNameOf = (name: string): unknown => user(name)?.['nickName'];
  /** A person sets it in the application. */
  const sets = (name: string, value: string): void => {
    const operations = [{ op: 'replace', path: 'nickName', value }];
    const body = { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations: operations };
    wiki.stub.directory.answer('PATCH', `/Users/${user(name)?.id ?? ''}`, JSON.stringify(body));
  };
  const states = async (name: string, version: number, attributes: object): Promise<void> => {
    await wiki.publish(desired(name, version, { attributes: { ...attributes } }));
    expect(await wiki.inSync(name, version)).toBe(true);
  };

  it('is written when the account is made, and not again when the value changes', async () => {
    await states('ada', 1, { preferredName: 'Ada' });
    expect(nickNameOf('ada')).toBe('Ada');
    await states('ada', 2, { preferredName: 'Countess' });
    expect(nickNameOf('ada')).toBe('Ada');
  });

  it('is written later where the application has nothing, and never cleared', async () => {
    await states('bob', 1, {});
    expect(nickNameOf('bob')).toBeUndefined();
    await states('bob', 2, { preferredName: 'Bobby' });
    expect(nickNameOf('bob')).toBe('Bobby');
    await states('bob', 3, {});
    expect(nickNameOf('bob')).toBe('Bobby');
  });

  it('leaves what a person set in the application before the hub had a value', async () => {
    await states('cyd', 1, {});
    sets('cyd', 'Own choice');
    await states('cyd', 2, { preferredName: 'Cydney' });
    expect(nickNameOf('cyd')).toBe('Own choice');
    await states('cyd', 3, { preferredName: 'Cyd' });
    expect(nickNameOf('cyd')).toBe('Own choice');
  });

  it('leaves what an account has that is taken over, and fills what it lacks', async () => {
    const before = (userName: string, more: object): void => {
      wiki.stub.directory.answer('POST', '/Users', JSON.stringify({ userName, active: true, ...more }));
    };
    before('dan@corp.example', { nickName: 'Danny' });
    before('eve@corp.example', {});
    await states('dan', 1, { preferredName: 'Daniel' });
    await states('eve', 1, { preferredName: 'Evie' });
    expect([nickNameOf('dan'), nickNameOf('eve')]).toEqual(['Danny', 'Evie']);
  });

  it('is shown in the document, the evaluation and the data flow, and refused beside create-only', async () => {
    expect((await wiki.call('GET', '/connectors/wiki')).body.mapping).toMatchObject([{ strength: 'only-if-empty' }]);
    const { body } = await wiki.call('POST', '/connectors/wiki/mapping/evaluate', { identity: personId('ada') });
    const strengths = (entries: readonly { target: string; strength: string }[]): unknown =>
      entries.filter(({ target }) => target === 'nickName' || target === 'displayName').map(({ strength }) => strength);
    expect(strengths(body.entries)).toEqual(['always', 'only-if-empty']);
    expect(strengths((await wiki.call('GET', '/connectors/wiki/data-flow')).body.entries)).toEqual([
      'always',
      'only-if-empty',
    ]);
    const mapping = [{ ...nickName, apply: 'create-only' }];
    const refused = await wiki.call('PUT', '/connectors/wiki', connector(wiki.stub, { mapping }));
    expect(refused.body.errors).toMatchObject([{ pointer: '/mapping/0/strength' }]);
    const unknown = [{ ...nickName, strength: 'weak' }];
    expect((await wiki.call('PUT', '/connectors/wiki', connector(wiki.stub, { mapping: unknown }))).status).toBe(400);
  });
});
