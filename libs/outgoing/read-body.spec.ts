import { PassThrough } from 'node:stream';
import { BodyReader } from './read-body.js';

/** Whatever can be read without a place has been. */
async function turns(): Promise<void> {
  for (let n = 0; n < 50; n += 1) await new Promise(setImmediate);
}
const part = Buffer.alloc(300 * 1024);

describe('reading answers', () => {
  it('holds a small part of any number of answers, and more of three at a time', async () => {
    const reader = new BodyReader();
    const bodies = Array.from({ length: 6 }, () => new PassThrough({ highWaterMark: 1024 }));
    const { signal } = new AbortController();
    const over: number[] = [];
    const reads = bodies.map(async (body, n) => {
      const bytes = await reader.read(body, signal);
      over.push(n);
      return bytes.byteLength;
    });
    for (const body of bodies) for (let n = 0; n < 4; n += 1) body.write(part);
    for (const body of bodies.slice(3)) body.end();
    await turns();
    // Those that hold a place are not ended yet, so nobody behind them was read whole.
    expect(over).toEqual([]);
    for (const body of bodies.slice(0, 3)) body.end();
    expect(await Promise.all(reads)).toEqual(Array(6).fill(4 * part.byteLength));
    expect(over.slice(0, 3).sort()).toEqual([0, 1, 2]);
  });

  it('gives the place of one that waited in vain, or broke off, to the next', async () => {
    const reader = new BodyReader();
    const stopper = new AbortController();
    const gaveUp = new Error('no time left');
    const start = (signal = new AbortController().signal): { body: PassThrough; read: Promise<Buffer> } => {
      const body = new PassThrough();
      body.write(part);
      return { body, read: reader.read(body, signal) };
    };
    const first = [start(), start(), start()];
    await turns();
    const impatient = start(stopper.signal);
    const next = start();
    await turns();
    stopper.abort(gaveUp);
    await expect(impatient.read).rejects.toBe(gaveUp);
    next.body.end();
    first[0]?.body.destroy(new Error('broken off'));
    await expect(first[0]?.read).rejects.toThrow('broken off');
    expect((await next.read).byteLength).toBe(part.byteLength);
    for (const { body, read } of first.slice(1)) {
      body.end();
      await read;
    }
  });
});
