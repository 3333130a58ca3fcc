import { createRequire } from 'node:module';
import { readRecord, type BatchContext, type RecordDecoder } from './record-reading.js';
import { writeRecord, type RecordToWrite } from './record-writing.js';

const require = createRequire(import.meta.url);
const part = <T>(name: string): T => require(`kafkajs/src/protocol/${name}`) as T;
const encodeByKafkajs = part<(record: object) => { buffer: Buffer }>('recordBatch/record/v0');
const Decoder = part<new (bytes: Buffer) => RecordDecoder & { readVarInt(): number }>('decoder');
const decodeByKafkajs = part<typeof readRecord>('recordBatch/record/v0/decoder');

const batch: BatchContext = { firstOffset: '7', firstTimestamp: '1796000000000', magicByte: 2 };

/** As kafkajs reads a record of a batch: after its length. */
function read(by: typeof readRecord, bytes: Buffer, context = batch): { headers: object } {
  const decoder = new Decoder(bytes);
  decoder.readVarInt();
  return by(decoder, context) as { headers: object };
}

const records: readonly (readonly [name: string, record: RecordToWrite])[] = [
  ['without headers', { key: 'k', value: 'v' }],
  ['without key and value', { key: null, value: null }],
  ['with empty texts', { key: '', value: '', headers: {} }],
  [
    'with lengths of one and two bytes',
    { key: 'a'.repeat(63), value: 'b'.repeat(64), offsetDelta: 63, timestampDelta: 64 },
  ],
  [
    'with a long value',
    { key: 'naïve “quotes”', value: 'y'.repeat(20_000), offsetDelta: 8_191, timestampDelta: 8_192 },
  ],
  ['of two months after the first', { key: 'k', value: 'v', timestampDelta: 5_000_000_000 }],
  ['of bytes', { key: Buffer.from([0, 255]), value: Buffer.from('bytes'), headers: { bytes: Buffer.from('b') } }],
  [
    'with headers',
    { key: 'k', value: '{"a":1}', headers: { ce_id: 'a', ce_type: 'hub.hr.worker.hired.v1', ce_actor: '' } },
  ],
  ['with headers of one name', { key: 'k', value: 'v', headers: { twice: ['a', 'b'], thrice: ['a', 'b', 'c'] } }],
  ['with a header of many characters', { key: 'k', value: 'v', headers: { Zoë: 'x'.repeat(300) } }],
];

describe('the records of kafkajs', () => {
  it.each(records)('given a record %s, its bytes are those that kafkajs writes', (_, record) => {
    expect(writeRecord(record).buffer.toString('hex')).toBe(encodeByKafkajs(record).buffer.toString('hex'));
  });

  it.each(records)('given a record %s, it is read as kafkajs reads it', (_, record) => {
    const { buffer } = encodeByKafkajs(record);
    const [was, is] = [read(decodeByKafkajs, buffer), read(readRecord, buffer)];
    expect(is).toEqual({ ...was, headers: textsOf(was.headers) });
    expect(Object.keys(is.headers)).toEqual(Object.keys(was.headers));
  });

  it('given a batch to which the brokers gave the time, a record has that time', () => {
    const { buffer } = encodeByKafkajs({ key: 'k', value: 'v', timestampDelta: 5 });
    const context = { ...batch, timestampType: 1, maxTimestamp: '1796000000009' };
    expect(read(readRecord, buffer, context)).toMatchObject({ timestamp: '1796000000009' });
    expect(read(decodeByKafkajs, buffer, context)).toMatchObject({ timestamp: '1796000000009' });
  });

  it('given a header with the name of a property of every object, it is read as any other', () => {
    const headers = JSON.parse('{"__proto__":"a","toString":"b"}') as Record<string, string>;
    const { buffer } = writeRecord({ key: 'k', value: 'v', headers });
    expect(Object.entries(read(readRecord, buffer).headers)).toEqual(Object.entries(headers));
  });

  it('given a header without a value, there is none', () => {
    const { buffer } = writeRecord({ key: 'k', value: 'v', headers: { none: null, some: 'a' } });
    expect({ ...read(readRecord, buffer).headers }).toEqual({ none: null, some: 'a' });
  });
});

/** Bytes there, texts here. */
function textsOf(headers: object): object {
  const textOf = (value: unknown): unknown => (Array.isArray(value) ? value.map(String) : String(value));
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, textOf(value)]));
}
