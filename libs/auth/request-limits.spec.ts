import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { eventually } from '../../test/support/eventually.js';
import { ClientAddresses } from './client-address.js';
import { RequestLimits, TooManyRequests } from './request-limits.js';

function from(remoteAddress: string, forwarded?: string): IncomingMessage {
  const request = new IncomingMessage(Object.defineProperty(new Socket(), 'remoteAddress', { value: remoteAddress }));
  if (forwarded !== undefined) request.headers['x-forwarded-for'] = forwarded;
  return request;
}

describe('request limits', () => {
  const limits = (caller: number, address: number, windowSeconds = 10): RequestLimits =>
    new RequestLimits({ caller, address }, new ClientAddresses(['10.0.0.0/8']), windowSeconds);
  const taken = async (count: number, take: () => Promise<void>): Promise<number> => {
    let through = 0;
    for (let n = 0; n < count; n += 1)
      await take().then(
        () => (through += 1),
        () => undefined,
      );
    return through;
  };

  it('let a burst of a caller through, refuse what is more with the seconds to wait, and nobody else', async () => {
    const one = limits(2, 1);
    expect(await taken(30, () => one.takeCaller('identity/ada'))).toBe(20);
    expect(await taken(5, () => one.takeCaller('identity/grace'))).toBe(5);
    const refused = await one.takeCaller('identity/ada').catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(TooManyRequests);
    expect(refused).toMatchObject({ status: 429, code: 'too_many_requests', headers: { 'Retry-After': '10' } });
    expect(one.counts()).toEqual({ caller: 11, address: 0 });
  });

  it('let a caller through again when the time that was told is over', async () => {
    const one = limits(1, 1, 1);
    expect(await taken(3, () => one.takeCaller('identity/ada'))).toBe(1);
    await eventually(() => one.takeCaller('identity/ada').then(() => true), { timeoutMs: 3_000 });
  });

  it('count requests without a token by address, of which an IPv6 subscriber has one', async () => {
    const one = limits(1, 1);
    expect(await taken(15, () => one.takeStranger(from('192.0.2.1')))).toBe(10);
    expect(await taken(15, () => one.takeStranger(from('::ffff:192.0.2.1')))).toBe(0);
    expect(await taken(15, () => one.takeStranger(from('2001:db8:1:2::1')))).toBe(10);
    expect(await taken(15, () => one.takeStranger(from('2001:db8:1:2:ffff::9')))).toBe(0);
    expect(await taken(15, () => one.takeStranger(from('2001:db8:1:3::1')))).toBe(10);
    expect(one.counts().address).toBe(45);
  });

  it('are off at 0', async () => {
    expect(await taken(1_000, () => limits(0, 0).takeCaller('identity/ada'))).toBe(1_000);
  });
});

describe('the address of a client', () => {
  const addresses = new ClientAddresses(['10.0.0.0/8']);

  it.each([
    ['is the one that the proxy names', '10.1.2.3', '203.0.113.9', '203.0.113.9'],
    ['is the last one before trusted proxies', '10.1.2.3', '198.51.100.7, 203.0.113.9, 10.9.9.9', '203.0.113.9'],
    ['is not what a stranger says', '192.0.2.1', '203.0.113.9', '192.0.2.1'],
    ['is that of the connection without a proxy', '::ffff:192.0.2.1', undefined, '192.0.2.1'],
    ['survives a header that is no address', '10.1.2.3', 'not-an-address', 'not-an-address'],
  ])('%s', (_, remote, forwarded, expected) => {
    expect(addresses.of(from(remote, forwarded))).toBe(expected);
  });
});
