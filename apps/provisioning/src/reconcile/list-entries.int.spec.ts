import { jest } from '@jest/globals';
import { eventually } from '../../../../test/support/eventually.js';
import { desired } from '../provisioning.fixtures.js';
import { runningWiki, type Wiki } from '../wiki.fixtures.js';

jest.setTimeout(60_000);

const target = 'phoneNumbers[type eq "work"].value';
const mapping = [{ target, type: 'direct', source: 'custom.phone' }];

describe('one entry of a list in an account', () => {
  let wiki: Wiki;
  beforeEach(async () => {
    wiki = await runningWiki();
    await wiki.connect({ mapping });
  });
  afterEach(() => wiki.stop());

  const phones = (): unknown => wiki.users('ada')[0]?.['phoneNumbers'] ?? [];
  const want = async (sequence: number, phone?: string): Promise<void> => {
    await wiki.publish(desired('ada', sequence, { attributes: phone === undefined ? {} : { custom: { phone } } }));
    await wiki.inSync('ada', sequence);
  };

  it('is there once after it was set, cleared and set again', async () => {
    await want(1, '1');
    expect(phones()).toEqual([{ type: 'work', value: '1' }]);
    await want(2);
    expect(phones()).toEqual([]);
    await want(3, '3');
    expect(phones()).toEqual([{ type: 'work', value: '3' }]);
  });

  it('that somebody left there half is completed, not doubled', async () => {
    await want(1);
    const [user] = wiki.users('ada');
    if (user !== undefined) user['phoneNumbers'] = [{ type: 'work' }, { type: 'home', value: '9' }];
    await want(2, '2');
    expect(phones()).toEqual([
      { type: 'work', value: '2' },
      { type: 'home', value: '9' },
    ]);
  });

  it.each([['2'], [undefined]])('that somebody removed there is no reason to fail: %s', async (phone) => {
    await want(1, '1');
    const [user] = wiki.users('ada');
    if (user !== undefined) user['phoneNumbers'] = [];
    wiki.stub.reply = ({ method, body }) =>
      method === 'PATCH' && body.includes('[type eq') && (phones() as object[]).length === 0
        ? { status: 400, body: { scimType: 'noTarget', detail: 'no such entry' } }
        : null;
    await want(2, phone);
    await eventually(
      () => JSON.stringify(phones()) === JSON.stringify(phone === undefined ? [] : [{ type: 'work', value: '2' }]),
    );
  });
});
