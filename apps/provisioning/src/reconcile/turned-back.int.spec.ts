import { jest } from '@jest/globals';
import { eventually } from '../../../../test/support/eventually.js';
import { desired, leaver } from '../provisioning.fixtures.js';
import { runningWiki, saysInSync, type Wiki } from '../wiki.fixtures.js';

jest.setTimeout(90_000);

const given = { groups: ['Staff'], attributes: { displayName: 'Ada Person', custom: { title: 'Clerk' } } };
const mapping = [{ target: 'title', type: 'direct', source: 'custom.title' }];
const ada = (sequence: number, more: object = {}) => desired('ada', sequence, { ...given, ...more });
const renamed = { attributes: { displayName: 'Ada King', custom: {} } };

describe('what is decided again while an answer is lost', () => {
  let wiki: Wiki;
  beforeEach(async () => {
    wiki = await runningWiki();
  });
  afterEach(() => wiki.stop());

  /** The next change of this kind happens, and nobody hears of it. */
  const loseNext = (method: string, path: string): (() => boolean) => {
    let isLost = false;
    wiki.stub.reply = (request, usual) => {
      if (isLost || request.method !== method || !request.url.includes(path)) return null;
      isLost = true;
      usual();
      return { status: 504, body: 'gateway time-out', headers: { 'content-type': 'text/plain' } };
    };
    return () => isLost;
  };
  const isAsBefore = async (sequence: number): Promise<void> => {
    await wiki.inTime(async () =>
      (await wiki.results()).some((result) => saysInSync(result) && result.body.desiredSequence === sequence),
    );
    expect(wiki.users('ada')).toMatchObject([{ active: true, displayName: 'Ada Person', title: 'Clerk' }]);
    // An account that was deleted may leave its id behind.
    expect(wiki.members('Staff').filter((one) => one.includes('@'))).toEqual(['ada@corp.example']);
  };

  it.each([
    ['a return while the disabling is out', 'PATCH', '/Users/', leaver('ada', 2), {}],
    [
      'a return while the deletion is out',
      'DELETE',
      '/Users/',
      leaver('ada', 2),
      { deprovision: { onLeave: 'delete' } },
    ],
    ['a return while the group is taken away', 'PATCH', '/Groups/', leaver('ada', 2), {}],
    ['a group given again while it is taken away', 'PATCH', '/Groups/', ada(2, { groups: [] }), {}],
    ['a value set back, and one set again, while the change is out', 'PATCH', '/Users/', ada(2, renamed), {}],
  ])('%s: all is as before', async (_, method, path, change, document) => {
    await wiki.connect({ mapping, ...document });
    await wiki.publish(ada(1));
    await wiki.inSync('ada', 1);
    const isLost = loseNext(method, path);
    await wiki.publish(change);
    await eventually(isLost);
    await wiki.publish(ada(3));
    await isAsBefore(3);
  });

  it('also by another worker, as after a restart', async () => {
    await wiki.connect({ mapping });
    await wiki.publish(ada(1));
    await wiki.inSync('ada', 1);
    const isLost = loseNext('PATCH', '/Users/');
    await wiki.publish(leaver('ada', 2));
    await eventually(isLost);
    await wiki.connect({ mapping, limits: { concurrency: 8 } });
    await wiki.publish(ada(3));
    await isAsBefore(3);
  });

  it('a leaver whose grant is out is in no group in the end', async () => {
    await wiki.connect({ mapping });
    await wiki.publish(ada(1, { groups: [] }));
    await wiki.inSync('ada', 1);
    const isLost = loseNext('PATCH', '/Groups/');
    await wiki.publish(ada(2));
    await eventually(isLost);
    await wiki.publish(leaver('ada', 3));
    await wiki.inTime(() => wiki.users('ada')[0]?.active === false && wiki.members('Staff').length === 0);
  });
});
