import { backwards, shuffled, superseded } from './late-publisher.js';
import type { World } from './world.js';

/** All that was ever published comes again, as it was: while people join, move and leave, and on a quiet day. */
export function survivesRedelivery(world: () => World): void {
  it('one account for each person, with every message again in another order while people come and go', async () => {
    await world().team('r1');
    await world().team('r2');
    await world().hire('400', { department: 'r1' });
    await world().hire('401', { department: 'r1' });
    await world().import(['4a', '4b', '4c', '4d']);
    await world().quiescence();
    await world().leave('4a');
    await Promise.all([
      world().bus.publishAgain(shuffled),
      world().import(['4e', '4f']),
      world().leave('4b'),
      world().move('400', 'r2'),
    ]);
    await world().bus.publishAgain(backwards);
    await world().quiescence();
  });

  it.each([
    { name: 'every message again, the last one first', pick: backwards },
    { name: 'every message again, shuffled', pick: shuffled },
    { name: 'what later messages have replaced, again and last', pick: superseded },
  ])('nothing happens when the bus delivers $name', async ({ pick }) => {
    const people = world().active().length;
    await world().quiescence();
    await world().hireThrough(`5${people}`);
    const before = new Set((await world().client.entries()).map(({ id }) => id));
    await world().bus.publishAgain(pick);
    const hire = await world().hireThrough(`6${people}`);
    await world().quiescence();
    const more = (await world().client.entries()).filter(({ id }) => !before.has(id));
    // What the application has to grant is read now and then, whatever is delivered.
    const others = more.filter(
      ({ correlationId, type }) => correlationId !== hire && !type.startsWith('hub.provisioning.entitlement'),
    );
    if (others.length > 0)
      throw new Error(`${others.length} facts came of messages that were known, first: ${JSON.stringify(others[0])}`);
  });
}
