import { jest } from '@jest/globals';
import { templates } from '#libs/scim/client/templates.js';
import { eventually } from '../../../../test/support/eventually.js';
import { knownQuirks } from '../../../../test/targets/quirks/known-quirks.js';
import type { Resource } from '../../../../test/targets/quirks/quirk-directory.js';
import { quirkToken, type QuirkServer, startQuirkServer } from '../../../../test/targets/quirks/quirk-server.js';
import { application, desired, personId } from '../provisioning.fixtures.js';
import { runningWiki, saysInSync, type Wiki } from '../wiki.fixtures.js';

jest.setTimeout(90_000);

const kinds = templates.map(({ name }) => name).filter((name) => name !== 'generic');
/** Which profile a user of Salesforce has is a question of licences: no template can answer it. */
const chosen: Readonly<Record<string, object>> = {
  salesforce: { mapping: [{ target: 'entitlements[type eq "profile"].value', type: 'constant', value: 'Standard' }] },
};

describe('an application that misbehaves as its kind does, connected by address and credentials', () => {
  let wiki: Wiki;
  const servers: QuirkServer[] = [];
  beforeAll(async () => {
    wiki = await runningWiki();
  });
  afterAll(async () => {
    await wiki.stop();
    await Promise.all(servers.map((one) => one.stop()));
  });

  async function connected(kind: string): Promise<QuirkServer> {
    const server = await startQuirkServer(knownQuirks[kind] ?? []);
    servers.push(server);
    for (const displayName of ['Staff', 'Editors']) server.directory.add('Groups', { displayName, members: [] });
    await wiki.publish(application({ application: kind, connectorId: kind }));
    const { status, text } = await wiki.call('PUT', `/connectors/${kind}`, {
      displayName: kind,
      mode: 'enforce',
      protocol: kind === 'scim1' ? 'scim1' : 'scim2',
      baseUrl: server.baseUrl,
      auth: { type: 'bearer', token: quirkToken },
      profile: kind,
      ...chosen[kind],
    });
    expect([status, text]).toEqual([201, expect.any(String)]);
    return server;
  }

  it.each(kinds)('%s: one person joins, moves, leaves and comes back', async (kind) => {
    const { directory } = await connected(kind);
    const account = (): Resource | undefined => [...directory.users.values()].find((one) => isOfAda(one, kind));
    const groups = (): unknown[] =>
      [...directory.groups.values()].flatMap(({ displayName, members }) =>
        ((members ?? []) as Resource[]).some(({ value }) => value === account()?.['id']) ? [displayName] : [],
      );
    const state = async (sequence: number, more: Parameters<typeof desired>[2]): Promise<void> => {
      await wiki.publish(desired('ada', sequence, { ...more, application: kind }));
      await eventually(
        async () => {
          const { items } = (await wiki.call('GET', `/connectors/${kind}/parked`)).body;
          if (items.length > 0) throw new Error(JSON.stringify(items));
          return (await wiki.results()).some(
            (one) => saysInSync(one) && one.body.application === kind && one.body.desiredSequence === sequence,
          );
        },
        { timeoutMs: 20_000 },
      );
    };

    await state(1, { groups: ['Staff'] });
    expect([account()?.['active'], groups()]).toEqual([true, ['Staff']]);
    const king = { familyName: 'King', displayName: 'Ada King' };
    await state(2, { groups: ['Editors'], attributes: king });
    expect([account()?.['displayName'], groups()]).toEqual(['Ada King', ['Editors']]);
    await state(3, { status: 'leaver', active: false });
    expect([account()?.['active'], groups()]).toEqual([false, []]);
    await state(4, { groups: ['Staff'], attributes: king });
    expect([account()?.['active'], groups(), directory.users.size]).toEqual([true, ['Staff'], 1]);
  });
});

/** Some applications make another userName. */
const isOfAda = ({ externalId, userName }: Resource, kind: string): boolean =>
  externalId === personId('ada') || (kind === 'scim1' && String(userName).startsWith('ada'));
