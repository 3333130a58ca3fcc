import { AddressGuard, AddressRefused } from './address-guard.js';

const closed = new AddressGuard([], false);

describe('which addresses connectors may call', () => {
  it.each(['93.184.216.34', '2606:2800:220:1::1'])('the public internet: %s', (address) => {
    expect(closed.allows(address)).toBe(true);
    expect(closed.allows(address, true)).toBe(false);
  });

  it.each([
    '127.0.0.1',
    '10.1.2.3',
    '172.16.0.1',
    '192.168.1.1',
    '100.64.0.1',
    '169.254.169.254',
    '0.0.0.0',
    '224.0.0.1',
    '255.255.255.255',
    '::1',
    '::',
    'fe80::1',
    'fd00::1',
    'fd00:ec2::254',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::127.0.0.1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    'not-an-address',
  ])('nothing else: %s', (address) => {
    expect(closed.allows(address)).toBe(false);
  });

  it('networks that were allowed, also by plain http, and no others', () => {
    const guard = new AddressGuard(['10.20.0.0/16', 'fd00:1::/32'], false);
    expect([guard.allows('10.20.3.4', true), guard.allows('fd00:1::5', true)]).toEqual([true, true]);
    expect([guard.allows('10.21.0.1'), guard.allows('127.0.0.1')]).toEqual([false, false]);
  });

  it('never link-local and metadata addresses, whatever is allowed', () => {
    const guard = new AddressGuard(['0.0.0.0/0', '::/0'], true);
    expect(
      ['169.254.169.254', '::ffff:169.254.169.254', 'fe80::1', 'fd00:ec2::254', '100.100.100.200'].map((a) =>
        guard.allows(a),
      ),
    ).toEqual(Array(5).fill(false));
  });

  it('loopback only for a hub that is itself there', () => {
    expect(new AddressGuard([], true).allows('127.0.0.1', true)).toBe(true);
  });

  it.each([
    'http://127.0.0.1/',
    'http://0x7f000001/',
    'http://2130706433/',
    'http://[::ffff:127.0.0.1]/',
    'https://169.254.169.254/latest',
  ])('literals in any clothes are refused before anything is dialled: %s', (url) => {
    expect(() => closed.check(new URL(url))).toThrow(AddressRefused);
  });

  it('a name that leads to a forbidden address is refused when it is resolved', async () => {
    const refused = await new Promise((done) =>
      closed.lookup(false)('localhost', { all: true }, (error: unknown) => done(error)),
    );
    expect(refused).toBeInstanceOf(AddressRefused);
  });
});
