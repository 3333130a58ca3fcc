import { jest } from '@jest/globals';
import { topics } from '#libs/contracts/topics.js';
import { eventually } from '../../../../test/support/eventually.js';
import type { ServiceAnswer } from '../../../../test/support/service-harness.js';
import { some } from '../../../../test/support/some.js';
import { application, person, personId } from '../provisioning.fixtures.js';
import { runningWiki, type Wiki } from '../wiki.fixtures.js';

jest.setTimeout(60_000);

interface Observed {
  readonly account: string;
  readonly userName: string;
  readonly classification: string;
  readonly identity: string | null;
  readonly why: string;
  readonly candidates: readonly string[];
  readonly decided: { readonly decision: string; readonly reason: string } | null;
}

describe('whose the accounts of an observed application are', () => {
  let wiki: Wiki;
  const ids = new Map<string, string>();
  const written: string[] = [];

  beforeAll(async () => {
    wiki = await runningWiki();
    wiki.stub.onRequest = (method, url) => {
      if (method !== 'GET') written.push(`${method} ${url}`);
    };
    await wiki.publish(
      application({ owners: [personId('owner')] }),
      ...['ada', 'bob', 'cy', 'dee', 'owner'].map((name) => person(name)),
      person('eve', { status: 'inactive' }),
      person('fay', { status: 'inactive', attributes: { hireDate: '2026-09-01' } }),
      person('twin1', { attributes: { employeeId: 'twin' } }),
      person('twin2', { attributes: { employeeId: 'twin' } }),
    );
    add('ada', { userName: 'ADA@corp.example', externalId: 'hr-1' });
    add('bob', { userName: 'bobby', employeeNumber: 'bob', externalId: 'hr-2' });
    add('cy-old', { userName: 'cy-old', employeeNumber: 'cy' });
    add('cy-new', { userName: 'cy-new', employeeNumber: 'cy' });
    add('dee', { userName: 'other', externalId: personId('dee') });
    add('eve', { userName: 'eve@corp.example' });
    add('fay', { userName: 'fay@corp.example' });
    add('stranger', { userName: 'stranger', emails: [{ value: 'ada@corp.example', type: 'work' }] });
    add('backup', { userName: 'svc-backup' });
    add('twins', { userName: 'twins', employeeNumber: 'twin' });
    await wiki.connect({
      mode: 'observe',
      matching: [
        { target: 'employeeNumber', source: 'employeeId' },
        { target: 'userName', source: 'userName' },
      ],
      nonPersons: [{ kind: 'service', filter: 'userName sw "svc-"' }],
    });
    await eventually(async () => {
      const [row] = await wiki.db.query<{ n: number }>('select count(*)::int as n from known_person');
      return row?.n === 9;
    });
    await read();
  });
  afterAll(() => wiki.stop());

  const add = (name: string, resource: object): void =>
    void ids.set(name, wiki.stub.directory.addUser({ active: true, ...resource }).id);
  const read = async (): Promise<void> => {
    const { id } = (await wiki.call('POST', '/connectors/wiki/reconcile', {})).body as { id: string };
    await eventually(
      async () => (await wiki.call('GET', `/connectors/wiki/readings/${id}`)).body.status === 'completed',
    );
  };
  const of = async (name: string): Promise<Observed> => {
    const filter = encodeURIComponent(`account eq "${ids.get(name) ?? ''}"`);
    return (await wiki.call('GET', `/connectors/wiki/observed-accounts?filter=${filter}`)).body.items[0] as Observed;
  };
  const decide = (name: string, body: object, more = {}): Promise<ServiceAnswer> =>
    wiki.call(
      'POST',
      '/connectors/wiki/observed-accounts/decisions',
      { account: ids.get(name), reason: 'her own word', ...body },
      more,
    );
  const upload = (lines: readonly string[], query = ''): Promise<ServiceAnswer> =>
    wiki.call(
      'POST',
      `/connectors/wiki/observed-accounts/decisions/import${query}`,
      `account,decision,identity,kind,reason\n${lines.join('\n')}\n`,
    );

  it('is found by the rules of the connector in their order, whatever externalId the accounts carry', async () => {
    expect(await of('ada')).toMatchObject({ classification: 'matched', identity: personId('ada'), why: 'userName' });
    expect(await of('bob')).toMatchObject({
      classification: 'matched',
      identity: personId('bob'),
      why: 'employeeNumber',
    });
    expect(await of('dee')).toMatchObject({ classification: 'matched', identity: personId('dee'), why: 'externalId' });
  });

  it('is nobody’s who has the e-mail address alone, as no rule says so', async () => {
    expect(await of('stranger')).toMatchObject({ classification: 'person-without-match', identity: null });
  });

  it('is for a person to say where one person has two accounts, or two people have one', async () => {
    const ambiguous = { classification: 'ambiguous', identity: null };
    expect(await of('cy-old')).toMatchObject({ ...ambiguous, why: 'several-accounts', candidates: [personId('cy')] });
    expect(await of('cy-new')).toMatchObject({ ...ambiguous, why: 'several-accounts' });
    expect(await of('twins')).toMatchObject({ ...ambiguous, why: 'several-people' });
    expect((await of('twins')).candidates.toSorted()).toEqual([personId('twin1'), personId('twin2')].toSorted());
  });

  it('is a ghost whose person has left, and no ghost whose person is still to come', async () => {
    expect(await of('eve')).toMatchObject({ classification: 'ghost', identity: personId('eve') });
    expect(await of('fay')).toMatchObject({ classification: 'matched', identity: personId('fay') });
  });

  it('is not a person’s where the connector says so', async () => {
    expect(await of('backup')).toMatchObject({ classification: 'not-a-person', why: 'service' });
  });

  it('can be decided by an owner of the application, is remembered, and told to the audit log', async () => {
    const isCys = { decision: 'person', identity: personId('cy') };
    const stranger = await wiki.call('POST', '/connectors/wiki/observed-accounts/decisions', {
      account: 'nothing',
      reason: 'why',
      ...isCys,
    });
    expect(stranger.body).toMatchObject({ code: 'invalid_input', errors: [{ pointer: '/account' }] });
    expect((await decide('cy-new', isCys, { roles: ['requester'] })).body).toMatchObject({
      code: 'connector.not_owner',
    });
    expect((await decide('cy-new', isCys)).body).toMatchObject({ decided: 1, unchanged: 0 });
    expect((await decide('cy-new', isCys)).body).toMatchObject({ decided: 0, unchanged: 1 });
    expect(await of('cy-new')).toMatchObject({
      classification: 'matched',
      identity: personId('cy'),
      decided: { decision: 'person', reason: 'her own word' },
    });
    expect(await of('cy-old')).toMatchObject({ classification: 'ambiguous', why: 'person-has-another-account' });
    await read();
    expect(await of('cy-new')).toMatchObject({ classification: 'matched', identity: personId('cy'), why: 'decision' });
    const told = async (): Promise<object[]> =>
      (await wiki.published(topics.operators)).map(({ body }) => body).filter((body) => 'decision' in body);
    await eventually(async () => (await told()).length === 1);
    expect(await told()).toMatchObject([
      { connector: 'wiki', account: ids.get('cy-new'), identity: personId('cy'), reason: 'her own word' },
    ]);
  });

  it('is refused where the decision does not say enough', async () => {
    const pointers = async (body: object): Promise<unknown> =>
      (await decide('twins', body)).body.errors?.map(({ pointer }: { pointer: string }) => pointer);
    expect(await pointers({ decision: 'person' })).toEqual(['/identity']);
    expect(await pointers({ decision: 'not-a-person' })).toEqual(['/kind']);
    expect(await pointers({ decision: 'person', identity: personId('nobody') })).toEqual(['/identity']);
    expect(await pointers({ decision: 'perhaps' })).toEqual(['/decision']);
  });

  it('leaves as a file for the owner, and comes back as one, tried first', async () => {
    const filter = encodeURIComponent('classification eq "ambiguous"');
    const { text } = await wiki.call('GET', `/connectors/wiki/observed-accounts.csv?filter=${filter}`);
    const [header = '', ...lines] = text.trim().split('\n');
    expect(lines).toHaveLength(2);
    expect(header.split(',')).toContain('candidates');
    const rows = [
      `${ids.get('twins') ?? ''},person,${personId('twin1')},,asked both`,
      `${ids.get('cy-old') ?? ''},not-a-person,,shared,the team uses it`,
      'unknown,open,,,why',
      `${ids.get('ada') ?? ''},person,1001,,why`,
    ];
    const wrong = [
      { line: 4, column: 'account' },
      { line: 5, column: 'identity' },
    ];
    expect((await upload(rows, '?dryRun=true')).body).toMatchObject({ dryRun: true, decided: 2, rejections: wrong });
    expect(await of('twins')).toMatchObject({ classification: 'ambiguous' });
    expect((await upload(rows)).body).toMatchObject({ dryRun: false, decided: 2, rejections: wrong });
    expect(await of('twins')).toMatchObject({ classification: 'matched', identity: personId('twin1') });
    expect(await of('cy-old')).toMatchObject({ classification: 'not-a-person', why: 'decided-shared' });
  });

  it('takes no file that decides one account twice: nothing of it counts', async () => {
    const twins = ids.get('twins') ?? '';
    const rows = [`${ids.get('bob') ?? ''},open,,,why`, `${twins},open,,,why`, `${twins},not-a-person,,vendor,why`];
    const { status, body } = await upload(rows);
    expect([status, body.errors[0].pointer]).toEqual([400, '/4/account']);
    expect(await of('twins')).toMatchObject({ classification: 'matched' });
  });

  it('changed nothing in the application', () => {
    expect(ids.size).toBe(some([...ids]).length);
    expect(written).toEqual([]);
  });
});
