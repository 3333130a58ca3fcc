import assert from 'node:assert/strict';
import { topics } from '#libs/contracts/topics.js';
import type { RecordedFact } from '#libs/event-store/core.js';
import type { EventStore } from '#libs/event-store/event-store.js';
import { uuidv7 } from '#libs/event-store/ids.js';
import { eventually } from '../../test/support/eventually.js';
import type { EventBus } from './event-bus.port.js';
import { aMessage } from './message.fixtures.js';
import type { Published, PublicMessage } from './message.js';
import type { BusSubject } from './scope.contract.js';

/** A bus whose messages follow from stored facts, as `saidOf` makes them. */
export interface ResumptionSubject {
  readonly subject: Pick<BusSubject, 'member' | 'effects' | 'timeoutMs'>;
  /** The owner of the topic: it stores facts, and publishes again. */
  readonly source: { readonly store: EventStore; readonly bus: EventBus };
  /** Deletes every message of the topic, as its retention does. */
  readonly deleteAll: (topic: string) => Promise<void>;
  /** Removes what a group knows of the streams that it read. */
  readonly forget: (group: string) => Promise<void>;
}

const topic = topics.lifecycle;

/** Every fact is one message on the topic. */
export const saidOf: Published<RecordedFact> = ({ stream, version, id }): PublicMessage[] => [
  aMessage({ topic, key: stream, sequence: version, id, source: `/hr/${stream}` }),
];

/**
 * A reader that was away for longer than its topic keeps messages stops; resumed, it handles everything once and in
 * order: what was deleted, what was kept, and what is said while it resumes. Other readers handle nothing twice.
 */
export async function resumesAfterLoss({ subject, source, deleteAll, forget }: ResumptionSubject): Promise<void> {
  const { timeoutMs } = subject;
  const [late, other] = [`late-${uuidv7()}`, `other-${uuidv7()}`];
  const [ada, bob] = [`worker-${uuidv7()}`, `worker-${uuidv7()}`];
  const causation = { actor: 'service/hr', correlationId: uuidv7(), causationId: null };
  const say = async (stream: string, ...versions: number[]): Promise<void> => {
    for (const version of versions) {
      const work = source.store.work();
      work.append(stream, version - 1, [{ type: 'Noted', v: 1, data: {} }], causation);
      await work.commit();
    }
  };
  const seen = async (group: string, key: string): Promise<number[]> =>
    (await subject.effects(group)).filter((e) => e.key === key).map((e) => e.sequence);
  const has = (group: string, key: string, last: number): Promise<boolean> =>
    eventually(async () => (await seen(group, key)).includes(last), { timeoutMs });

  const first = await subject.member({ group: late, topics: [topic] });
  const reader = await subject.member({ group: other, topics: [topic] });
  await say(ada, 1, 2);
  await Promise.all([has(late, ada, 2), has(other, ada, 2)]);
  await first.stop();
  await say(ada, 3, 4);
  await say(bob, 1, 2);
  await Promise.all([has(other, ada, 4), has(other, bob, 2)]);
  await deleteAll(topic);
  await say(ada, 5);
  await has(other, ada, 5);
  await forget(other);

  const again = await subject.member({ group: late, topics: [topic] });
  const state = async (): Promise<string | undefined> =>
    (await again.positions()).find((one) => one.topic === topic)?.state;
  await eventually(async () => (await state()) === 'gone', { timeoutMs });
  const id = uuidv7();
  let begun = 0;
  const [resuming, ...others] = await again.resume(id, () => (begun += 1));
  assert.deepEqual([begun, others.length, resuming?.state, resuming?.resumption?.id], [1, 0, 'resuming', id]);
  assert.deepEqual(resuming?.resumption?.waitsFor, ['hr']);
  await say(ada, 6);
  // Asked again, for example by a second operator: nothing begins again.
  assert.deepEqual(
    (await again.resume(uuidv7(), () => (begun += 1))).map(({ resumption }) => resumption?.id),
    [id],
  );
  assert.equal(begun, 1);
  assert.deepEqual(await seen(late, ada), [1, 2]);
  await source.bus.republishFor({ id, topic, from: resuming?.resumption?.since ?? '' });
  await say(ada, 7);
  await say(bob, 3);
  await eventually(async () => (await state()) === 'reading', { timeoutMs });
  await say(ada, 8);
  await Promise.all([has(late, ada, 8), has(late, bob, 3), has(other, ada, 8), has(other, bob, 3)]);
  for (const group of [late, other]) {
    assert.deepEqual(await seen(group, ada), [1, 2, 3, 4, 5, 6, 7, 8], group);
    assert.deepEqual(await seen(group, bob), [1, 2, 3], group);
  }
  await Promise.all([again.stop(), reader.stop()]);
}
