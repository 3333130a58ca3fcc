import { jest } from '@jest/globals';
import { hubDeployment, type Deployment } from '../support/deployment.js';
import { eventually } from '../support/eventually.js';
import { startScimStub, type ScimStub } from '../targets/scim-stub.js';
import type { StubUser } from '../targets/scim-stub-directory.js';

jest.setTimeout(120_000);

const token = 'token-9d3e';
const within = { timeoutMs: 30_000 };
const work = 'emails[type eq "work"].value';

/** The application of mailboxes chooses the address, and the wiki gets what came of it. */
const address = {
  target: work,
  type: 'expression',
  expression:
    'SelectUniqueValue(NormalizeDiacritics(Join(".", [givenName], [familyName])) & "@" & DefaultDomain(), [userName] & "@" & DefaultDomain(), [employeeId] & "@" & DefaultDomain())',
  apply: 'create-only',
};

describe('people of one name who have no address', () => {
  let hub: Deployment;
  let mail: ScimStub;
  let wiki: ScimStub;
  let tokens: { admin: string; hr: string };

  beforeAll(async () => {
    [mail, wiki] = await Promise.all([startScimStub({ token }), startScimStub({ token })]);
    hub = await hubDeployment();
    tokens = { admin: await hub.token('the-admin', 'admin'), hr: await hub.token('the-hr', 'hr-feed') };
    const connector = ({ baseUrl }: ScimStub, more: object): object => {
      return { mode: 'enforce', protocol: 'scim2', baseUrl, auth: { type: 'bearer', token }, ...more };
    };
    const documents: [path: string, body: object][] = [
      [
        '/provisioning/v1/connectors/mail',
        connector(mail, {
          defaultDomain: 'corp.example',
          mapping: [address],
          pull: [
            { target: work, attribute: 'email' },
            { target: 'id', attribute: 'custom.mailboxId' },
          ],
        }),
      ],
      [
        '/provisioning/v1/connectors/wiki',
        connector(wiki, { mapping: [{ target: 'title', type: 'direct', source: 'custom.mailboxId' }] }),
      ],
      ['/governance/v1/applications/mail', { displayName: 'Mail', connectorId: 'mail' }],
      ['/governance/v1/applications/wiki', { displayName: 'Wiki', connectorId: 'wiki' }],
      [
        '/governance/v1/access-packages/staff',
        {
          displayName: 'Staff',
          grants: [
            { application: 'mail', account: true },
            { application: 'wiki', account: true },
          ],
        },
      ],
      [
        '/governance/v1/birthright-rules/all',
        { displayName: 'All', filter: 'status eq "active"', packages: ['staff'] },
      ],
    ];
    for (const [path, body] of documents) await put(path, body, tokens.admin);
  });
  afterAll(async () => {
    await hub.discard();
    await Promise.all([mail.stop(), wiki.stop()]);
  });

  async function put(path: string, body: object, as: string): Promise<void> {
    const answer = await hub.call('PUT', path, { token: as, body });
    if (answer.status >= 300) throw new Error(`PUT ${path} answered ${answer.status}: ${answer.text}`);
  }
  const state = (employeeId: string, more: object = {}): Promise<void> => {
    const body = { givenName: 'Zoë', familyName: 'Öz', hireDate: '2020-01-01', ...more };
    return put(`/hr/v1/workers/${employeeId}`, body, tokens.hr);
  };
  const inWiki = (userName: string) => wiki.dump().users.find((user) => user.userName === userName);
  /** Addresses of an account. */
  const addressesOf = (user: StubUser | undefined): string[] =>
    ((user?.['emails'] ?? []) as { readonly value: string }[]).map(({ value }) => value);
  const mailAddresses = (): string[] => mail.dump().users.flatMap(addressesOf);

  it('get user names and addresses of their own, and each application learns of them', async () => {
    await Promise.all([state('201'), state('202')]);
    await eventually(() => addressesOf(inWiki('zoe.oz')).length === 1, within);
    await eventually(() => addressesOf(inWiki('zoe.oz2')).length === 1, within);
    expect(mailAddresses()).toContain('Zoe.Oz@corp.example');
    expect(mailAddresses()).toContainEqual(expect.stringMatching(/^(zoe\.oz2|20[12])@corp\.example$/));
    const learned = ['zoe.oz', 'zoe.oz2'].flatMap((name) => addressesOf(inWiki(name)));
    expect(learned.sort()).toEqual(mailAddresses().sort());
    await eventually(() => mail.dump().users.some(({ id }) => id === inWiki('zoe.oz')?.['title']), within);
  });

  it('do not get the name or the address of somebody who left', async () => {
    const filter = encodeURIComponent('employeeId eq "201"');
    const found = await hub.call<{ items: { userName: string }[] }>(
      'GET',
      `/governance/v1/identities?filter=${filter}`,
      {
        token: tokens.admin,
      },
    );
    const left = found.body.items[0]?.userName ?? '';
    await state('201', { terminationDate: '2021-01-31' });
    await eventually(() => inWiki(left)?.active === false, within);
    await state('203');
    await eventually(() => addressesOf(inWiki('zoe.oz3')).length === 1, within);
    expect(addressesOf(inWiki('zoe.oz3'))).toEqual(['zoe.oz3@corp.example']);
  });
});
