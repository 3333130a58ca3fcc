import { lookup as resolve, type LookupAddress, type LookupOptions } from 'node:dns';
import { BlockList, isIP, isIPv4, type LookupFunction } from 'node:net';

/** Never allowed: link-local addresses and the metadata addresses of clouds. */
const never = ['169.254.0.0/16', 'fe80::/10', 'fd00:ec2::254/128', '100.100.100.200/32', '168.63.129.16/32'];

/** What is not the public internet. @see RFC 6890 and the IANA special-purpose registries */
const notPublic = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '::/128',
  '::1/128',
  '64:ff9b::/96',
  '64:ff9b:1::/48',
  '100::/64',
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  '3fff::/20',
  'fc00::/7',
  'fe80::/10',
  'fec0::/10',
  'ff00::/8',
];

const loopback = ['127.0.0.0/8', '::1/128'];

/** The address a connector is configured for is not one it may call; nothing was sent. */
export class AddressRefused extends Error {
  constructor(host: string) {
    super(
      `${host} is not an address that connectors may call: only public addresses and those in CONNECTOR_ALLOWED_NETWORKS`,
    );
    this.name = 'AddressRefused';
  }
}

/**
 * Decides which addresses connectors may call, asked on every dial, so that a name that changes its address, a redirect or
 * a reconnect cannot reach another network.
 */
export class AddressGuard {
  private readonly allowed: BlockList;

  /**
   * @param networks CIDR blocks beside the public internet; `allowLoopback` for a hub that is itself on loopback
   * @param proxy address of the proxy through which every call goes: it resolves the names, and decides about their
   * addresses
   */
  constructor(
    networks: readonly string[],
    allowLoopback: boolean,
    readonly proxy: string | null = null,
  ) {
    this.allowed = listOf([...networks, ...(allowLoopback ? loopback : [])]);
  }

  /** @param plain plain http, which only explicitly allowed networks get */
  allows(address: string, plain = false): boolean {
    const ip = unmapped(address);
    if (isIP(ip) === 0 || contains(neverList, ip)) return false;
    if (contains(this.allowed, ip)) return true;
    return !plain && !contains(notPublicList, ip);
  }

  /** @throws AddressRefused for an address literal that is not allowed; names are checked when they are resolved */
  check(url: URL): void {
    const host = url.hostname.replace(/^\[|\]$/g, '');
    if (isIP(host) !== 0 && !this.allows(host, url.protocol === 'http:')) throw new AddressRefused(host);
  }

  /** For `connect.lookup`: resolves a name to its allowed addresses only. */
  lookup(plain: boolean): LookupFunction {
    return (hostname: string, options: LookupOptions, callback): void => {
      resolve(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
        const allowed = error === null ? addresses.filter(({ address }) => this.allows(address, plain)) : [];
        const [first] = allowed;
        if (first === undefined) callback(error ?? new AddressRefused(hostname), '', 4);
        else if (options.all === true) callback(null, allowed);
        else callback(null, first.address, first.family);
      });
    };
  }
}

const neverList = listOf(never);
const notPublicList = listOf(notPublic);

function listOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits = ''] = network.split('/');
    list.addSubnet(address, Number(bits), isIPv4(address) ? 'ipv4' : 'ipv6');
  }
  return list;
}

function contains(list: BlockList, ip: string): boolean {
  return list.check(ip, isIPv4(ip) ? 'ipv4' : 'ipv6');
}

/** An IPv4 address written as IPv6 (`::ffff:127.0.0.1`, `::ffff:7f00:1`, `::127.0.0.1`), as IPv4. */
function unmapped(address: string): string {
  const bare = address.replace(/%.*$/, '').toLowerCase();
  const dotted = /^::(?:ffff:(?:0:)?)?(\d+\.\d+\.\d+\.\d+)$/.exec(bare)?.[1];
  if (dotted !== undefined) return dotted;
  const hex = /^::(?:ffff:(?:0:)?)?([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(bare);
  if (hex?.[1] === undefined || hex[2] === undefined) return bare;
  const [high, low] = [parseInt(hex[1], 16), parseInt(hex[2], 16)];
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}
