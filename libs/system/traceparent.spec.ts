import { traced, traceHeaders, traceparentOf } from './traceparent.js';

const correlation = '0198c0de-0000-7000-8000-0000000000dd';
const message = '0198c0de-1111-7000-8000-0000000000AA';
const expected = '00-0198c0de000070008000'.concat('0000000000dd-80000000000000aa-01');

describe('the trace context of an effect', () => {
  it('is the correlation id as trace, and the message that led to it as parent', () => {
    expect(traceparentOf(correlation, message)).toBe(expected);
    expect(traceparentOf(correlation, message)).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  });

  it('is none for ids that are no UUIDs', () => {
    expect(traceparentOf('partition 3 offset 7', message)).toBeNull();
    expect(traceparentOf(correlation, '')).toBeNull();
  });

  it('is that of the work under way, also after it waited, and of no other', async () => {
    const header = async (): Promise<object> => {
      await new Promise((done) => setImmediate(done));
      return traceHeaders();
    };
    const [first, none] = await Promise.all([traced(correlation, message, header), header()]);
    expect([first, none]).toEqual([{ traceparent: expected }, {}]);
    expect(await traced('none', message, header)).toEqual({});
  });
});
