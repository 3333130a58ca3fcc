import { eventually } from '../../../../test/support/eventually.js';
import type { ServiceAnswer } from '../../../../test/support/service-harness.js';
import type { Wiki } from '../wiki.fixtures.js';

/** One person of a preview. */
export interface Item {
  readonly identity: string;
  readonly effect: string;
  readonly changes: readonly { readonly target: string; readonly before: unknown; readonly after: unknown }[];
  readonly adds: readonly object[];
  readonly keeps: readonly { readonly entitlement: object }[];
  readonly leftOut: boolean;
}

/** What specs of previews do with a wiki that has accounts of its own. */
export type PreviewedWiki = ReturnType<typeof previewsOf>;

export function previewsOf(wiki: Wiki) {
  const add = (name: string, more: object = {}): string =>
    wiki.stub.directory.addUser({
      userName: `${name}@corp.example`,
      externalId: `hr-${name}`,
      active: true,
      name: { givenName: name, familyName: 'Person' },
      displayName: `${name} Person`,
      emails: [{ value: `${name}@corp.example`, type: 'work', primary: true }],
      ...more,
    }).id;
  const group = (displayName: string, ...members: string[]): string => {
    const { body } = wiki.stub.directory.answer('POST', '/Groups', JSON.stringify({ displayName }));
    const { id } = body as { id: string };
    const value = members.map((one) => ({ value: one }));
    const Operations = [{ op: 'add', path: 'members', value }];
    wiki.stub.directory.answer('PATCH', `/Groups/${id}`, JSON.stringify({ Operations }));
    return id;
  };
  const read = async (): Promise<void> => {
    const { id } = (await wiki.call('POST', '/connectors/wiki/reconcile', {})).body as { id: string };
    await eventually(
      async () => (await wiki.call('GET', `/connectors/wiki/readings/${id}`)).body.status === 'completed',
    );
  };
  /** So many people are known, and something is desired of so many. */
  const known = (people: number, wanted: number): Promise<unknown> =>
    eventually(async () => {
      const [row] = await wiki.db.query<{ people: number; wanted: number }>(
        `select (select count(*) from known_person)::int as people, (select count(*) from desired)::int as wanted`,
      );
      return row?.people === people && row.wanted === wanted;
    });
  const preview = async (body: object = {}): Promise<{ id: string; counts: Record<string, number> }> => {
    const { status, body: made, headers } = await wiki.call('POST', '/connectors/wiki/preview', body);
    expect([status, headers.get('location')]).toEqual([202, `/provisioning/v1/connectors/wiki/previews/${made.id}`]);
    await eventually(async () => (await state(made.id as string)).status === 'ready');
    return await state(made.id as string);
  };
  const state = async (id: string): Promise<ServiceAnswer['body']> =>
    (await wiki.call('GET', `/connectors/wiki/previews/${id}`)).body;
  const items = async (id: string): Promise<Map<string, Item>> => {
    const { items: all } = (await wiki.call('GET', `/connectors/wiki/previews/${id}/items`)).body as { items: Item[] };
    return new Map(all.map((item) => [item.identity, item]));
  };
  const release = (id: string, more = {}): Promise<ServiceAnswer> =>
    wiki.call('POST', '/connectors/wiki/release', { preview: id, reason: 'the owner agreed' }, more);
  const released = async (id: string): Promise<void> =>
    void (await eventually(async () => (await state(id)).status === 'released'));
  const allDone = async (): Promise<void> => {
    await eventually(async () => {
      const [row] = await wiki.db.query<{ n: number }>(
        `select count(*)::int as n from desired where dirty and parked_code is null
           and identity_id not in (select identity_id from awaiting_release)`,
      );
      return row?.n === 0;
    });
  };
  return { add, group, read, known, preview, state, items, release, released, allDone };
}
