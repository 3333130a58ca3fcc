import { kafkaForTests, ownKafkaForTests } from './kafka.js';

/** A machine without Docker and Java. */
const bare = { PATH: '' };

describe('Kafka for tests', () => {
  it.each([
    ['of any kind', kafkaForTests],
    ['that tests may kill', ownKafkaForTests],
  ])('%s is an error where it is required and there is none', async (_, source) => {
    await expect(source({ ...bare, REQUIRE_KAFKA: '1' })).rejects.toThrow('REQUIRE_KAFKA=1, and there is no Kafka');
    expect(await source(bare)).toBeNull();
  });

  it('is the given one, unless tests kill it', async () => {
    const given = { ...bare, KAFKA_BROKERS: 'localhost:1' };
    expect((await kafkaForTests(given))?.how).toBe('KAFKA_BROKERS');
    expect(await ownKafkaForTests(given)).toBeNull();
  });
});
