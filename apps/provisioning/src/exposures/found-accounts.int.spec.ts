import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { eventually } from '../../../../test/support/eventually.js';
import { application, person, personId } from '../provisioning.fixtures.js';
import { runningWiki, type Wiki } from '../wiki.fixtures.js';
import type { ExposureView } from './exposures.query.js';

jest.setTimeout(60_000);

let wiki: Wiki;
let eve = '';
beforeAll(async () => {
  wiki = await runningWiki();
  const owned = application({ owners: [personId('owner')] });
  await wiki.publish(
    { ...owned, id: personId('owned'), sequence: 2 },
    person('eve', { status: 'inactive' }),
    person('ada'),
  );
  eve = wiki.stub.directory.addUser({ userName: 'eve@corp.example', active: true }).id;
  wiki.stub.directory.addUser({ userName: 'ada@corp.example', active: true });
  await wiki.connect({ mode: 'observe', matching: [{ target: 'userName', source: 'userName' }] });
  await eventually(async () => {
    const [row] = await wiki.db.query<{ n: number }>('select count(*)::int as n from known_person');
    return row?.n === 2;
  });
});
afterAll(() => wiki.stop());

/** Reads the application; the id of the reading. */
const read = async (): Promise<string> => {
  const { id } = (await wiki.call('POST', '/connectors/wiki/reconcile', {})).body as { id: string };
  await eventually(async () => (await wiki.call('GET', `/connectors/wiki/readings/${id}`)).body.status === 'completed');
  return id;
};
const list = async (state = 'open'): Promise<readonly ExposureView[]> =>
  (await wiki.call('GET', `/exposures?state=${state}`)).body.items as ExposureView[];

describe('accounts of leavers that a reading finds', () => {
  it('are exposures with owner and deadline, once, and close by the reading that shows them as inactive', async () => {
    expect(await list()).toEqual([]);
    await read();
    await wiki.inTime(async () => (await list()).length === 1, 10_000);
    expect(await list()).toMatchObject([
      {
        kind: 'ghost',
        code: 'found',
        person: { id: personId('eve') },
        account: eve,
        exposed: ['account'],
        owners: [personId('owner')],
      },
    ]);
    expect((await wiki.call('GET', '/cases')).body.items).toMatchObject([{ kind: 'exposure', account: eve }]);
    await read();
    wiki.clock.advance(20_000);
    expect(await list()).toHaveLength(1);
    const user = wiki.stub.directory.dump().users.find(({ id }) => id === eve);
    Object.assign(user ?? {}, { active: false });
    const proof = await read();
    await wiki.inTime(async () => (await list()).length === 0, 10_000);
    expect(await list('closed')).toMatchObject([{ kind: 'ghost', how: 'read', proof }]);
  });
});
