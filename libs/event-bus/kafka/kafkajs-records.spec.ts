import { createRequire } from 'node:module';
import { decodingHeadersOnce, headerEncoder } from './kafkajs-records.js';

const require = createRequire(import.meta.url);
const part = <T>(name: string): T => require(`kafkajs/src/protocol/${name}`) as T;
const encodeHeader = part<ReturnType<typeof headerEncoder>>('recordBatch/header/v0');
const encodeRecord = part<(record: object) => { buffer: Buffer }>('recordBatch/record/v0');
const Decoder = part<new (bytes: Buffer) => Parameters<typeof decode>[0] & { readVarInt(): number }>('decoder');
const decode = part<Parameters<typeof decodingHeadersOnce>[0]>('recordBatch/record/v0/decoder');

/** As kafkajs reads a record of a batch: after its length. */
function read(by: typeof decode, bytes: Buffer): object {
  const decoder = new Decoder(bytes);
  decoder.readVarInt();
  return by(decoder, { firstOffset: '7', firstTimestamp: '1000', magicByte: 2 });
}

describe('the records of kafkajs', () => {
  it.each([
    ['ce_type', 'hub.hr.worker.hired.v1'],
    ['ce_actor', ''],
    ['name', 'naïve “quotes”'],
    ['Zoë', 'x'.repeat(70)],
    ['long', 'y'.repeat(20_000)],
    ['bytes', Buffer.from([0, 255])],
    ['none', null],
    ['number', 12],
  ])('given the header %s, its bytes are those that kafkajs writes', (key, value) => {
    const encode = headerEncoder();
    const expected = encodeHeader({ key, value }).buffer.toString('hex');
    expect(encode({ key, value }).buffer.toString('hex')).toBe(expected);
    expect(encode({ key, value }).buffer.toString('hex')).toBe(expected);
  });

  it.each([
    {},
    { ce_id: 'a', ce_type: 'b' },
    { twice: ['a', 'b'], thrice: ['a', 'b', 'c'], one: 'd' },
    { text: 'naïve “quotes”', empty: '', Zoë: 'x'.repeat(300) },
  ])('given the headers %j, a record is read as kafkajs reads it', (headers) => {
    const { buffer } = encodeRecord({ offsetDelta: 3, timestampDelta: 5, key: 'k', value: 'v', headers });
    const [was, is] = [decode, decodingHeadersOnce(decode)].map((by) => read(by, buffer) as { headers: object });
    // Bytes there, texts here.
    expect(is).toEqual({ ...was, headers: JSON.parse(JSON.stringify(headers)) as object });
    expect(Object.keys(is?.headers ?? {})).toEqual(Object.keys(was?.headers ?? {}));
  });

  it('given a header with the name of a property of every object, it is read as any other', () => {
    const headers = JSON.parse('{"__proto__":"a","toString":"b"}') as object;
    const { buffer } = encodeRecord({ key: 'k', value: 'v', headers });
    const { headers: read_ } = read(decodingHeadersOnce(decode), buffer) as { headers: Record<string, string> };
    expect(Object.entries(read_)).toEqual(Object.entries(headers));
  });
});
