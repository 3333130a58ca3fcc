import { connector } from '../provisioning.fixtures.js';
import { runningWiki, type Wiki } from '../wiki.fixtures.js';

const schemas = {
  Resources: [
    {
      id: 'urn:ietf:params:scim:schemas:core:2.0:User',
      attributes: [
        { name: 'userName' },
        { name: 'title' },
        { name: 'phoneNumbers', multiValued: true, subAttributes: [{ name: 'value' }, { name: 'type' }] },
      ],
    },
  ],
};
const from = (target: string): object => ({ target, type: 'direct', source: 'jobTitle' });
const known = [from('title'), from('phoneNumbers[type eq "work"].value')];

describe('a target that the schemas of the application lack', () => {
  let wiki: Wiki;
  let asked: number;
  let status: number;
  beforeAll(async () => {
    wiki = await runningWiki();
  });
  beforeEach(() => {
    [asked, status] = [0, 200];
    wiki.stub.reply = ({ url }) => {
      if (!url.endsWith('/Schemas')) return null;
      asked += 1;
      return { status, body: status === 200 ? schemas : {} };
    };
  });
  afterAll(() => wiki.stop());

  const put = (more: object, path = '/connectors/wiki'): ReturnType<Wiki['call']> =>
    wiki.call('PUT', path, connector(wiki.stub, { mode: 'observe', ...more }));

  it.each(['/connectors/wiki', '/connectors/wiki?dryRun=true'])(
    'is refused at definition with its place and the mend: %s',
    async (path) => {
      const mapping = [...known, from('shoeSize'), from('phoneNumbers[type eq "work"].area')];
      const { status: answered, body } = await put({ mapping }, path);
      const mend = expect.stringContaining('"discovery": "none"');
      expect([answered, body.errors]).toEqual([
        400,
        [
          { pointer: '/mapping/2/target', detail: mend },
          { pointer: '/mapping/3/target', detail: mend },
        ],
      ]);
    },
  );

  it.each([
    [{ matching: [{ target: 'badge', source: 'employeeId' }] }, '/matching/0/target'],
    [{ pull: [{ target: 'badge', attribute: 'custom.badge' }] }, '/pull/0/target'],
  ])('is refused where it is read, too: %j', async (more, pointer) => {
    const { status: answered, body } = await put(more);
    expect([answered, body.errors]).toMatchObject([400, [{ pointer }]]);
  });

  it('is refused in an extension that nobody knows, and not in the enterprise extension that is not described', async () => {
    const mapping = [
      from('urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department'),
      from('urn:example:2.0:User:badge'),
    ];
    const { status: answered, body } = await put({ mapping });
    expect([answered, body.errors]).toMatchObject([400, [{ pointer: '/mapping/1/target' }]]);
    expect((await put({ mapping: mapping.slice(0, 1) })).status).toBeLessThan(300);
  });

  it('is no fault where the document says that the schemas are not complete', async () => {
    const profile = { template: 'generic', switches: { discovery: 'none' } };
    expect((await put({ mapping: [from('shoeSize')], profile })).status).toBeLessThan(300);
    expect(asked).toBe(0);
  });

  it('is not looked for where nothing of the mapping changes, nor where the application does not answer', async () => {
    expect((await put({ mapping: known })).status).toBe(200);
    const times = asked;
    const shown = (await wiki.call('GET', '/connectors/wiki')).body as object;
    expect((await wiki.call('PUT', '/connectors/wiki', { ...shown, displayName: 'The wiki' })).status).toBe(200);
    expect([times, asked]).toEqual([1, 1]);
    status = 503;
    expect((await put({ mapping: [from('nickName')] })).status).toBe(200);
  });
});
