import { describeOn, kafkaForTests, type Broker } from '../support/kafka.js';
import { logHolds } from './log-holds.js';
import { World } from './world.js';

/** Runs suites on a hub and a broker of their own, and looks at the log in the end. */
export async function onKafka(suites: (world: () => World) => void): Promise<void> {
  describeOn(await kafkaForTests(), 'on the Kafka transport', (kafka) => {
    let broker: Broker;
    let world: World;
    beforeAll(async () => {
      broker = await kafka.start();
      world = await World.create({ brokers: broker.brokers });
    }, 120_000);
    afterAll(async () => {
      await world.discard();
      await broker.stop();
    });

    suites(() => world);

    it('the log says what the application shows, has every cause and verifies', () => logHolds(world));
  });
}
