import { jest } from '@jest/globals';
import { eventually } from '../../../../test/support/eventually.js';
import { desired, leaver, personId } from '../provisioning.fixtures.js';
import { runningWiki, type Wiki } from '../wiki.fixtures.js';

jest.setTimeout(60_000);

const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

describe('the manager as the account of the manager in the application', () => {
  let wiki: Wiki;
  beforeAll(async () => {
    wiki = await runningWiki();
    await wiki.connect({ mapping: [{ target: `${enterprise}:manager`, type: 'direct', source: 'manager' }] });
  });
  afterAll(() => wiki.stop());

  const ledBy = (name: string, sequence: number, manager: string | null) =>
    desired(name, sequence, { attributes: manager === null ? {} : { managerIdentity: personId(manager) } });
  const managerOf = (name: string): unknown =>
    (wiki.users(name)[0]?.[enterprise] as { manager?: { value?: string } } | undefined)?.manager?.value ?? null;
  const idOf = (name: string): string => wiki.users(name)[0]?.id ?? 'none';

  it('is written when that account exists, follows a change, and is cleared when there is none', async () => {
    await wiki.publish(ledBy('ada', 1, 'grace'));
    expect(await wiki.inSync('ada', 1)).toBe(true);
    expect(managerOf('ada')).toBeNull();
    await wiki.publish(desired('grace', 1));
    expect(await eventually(() => managerOf('ada') === idOf('grace'))).toBe(true);

    await wiki.publish(desired('linus', 1), ledBy('ada', 2, 'linus'));
    expect(await eventually(() => managerOf('ada') === idOf('linus'))).toBe(true);

    await wiki.publish(ledBy('ada', 3, null));
    expect(await eventually(() => managerOf('ada') === null)).toBe(true);
  });

  it('is another one when the account of the manager is made again', async () => {
    await wiki.publish(ledBy('bob', 1, 'grace'));
    expect(await eventually(() => managerOf('bob') === idOf('grace'))).toBe(true);
    const before = idOf('grace');
    await wiki.connect({
      mapping: [{ target: `${enterprise}:manager`, type: 'direct', source: 'manager' }],
      deprovision: { onLeave: 'delete' },
    });
    await wiki.publish(leaver('grace', 2));
    expect(await eventually(() => managerOf('bob') === null)).toBe(true);
    await wiki.publish(desired('grace', 3));
    expect(await eventually(() => managerOf('bob') === idOf('grace') && idOf('grace') !== before)).toBe(true);
  });
});
