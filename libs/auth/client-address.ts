import type { IncomingMessage } from 'node:http';
import ipaddr from 'ipaddr.js';
import proxyAddress from 'proxy-addr';

/** An IPv6 subscriber has all addresses that begin with these four groups (/64). */
const subscriberGroups = 4;

/** From which address a request came. Proxies that are trusted say it in `X-Forwarded-For`; nobody else is believed. */
export class ClientAddresses {
  private readonly isTrusted: (address: string, hop: number) => boolean;

  /** @param proxies networks (CIDR) of the proxies in front of the hub */
  constructor(proxies: readonly string[]) {
    this.isTrusted = proxyAddress.compile([...proxies]);
  }

  /** Empty for a connection that is gone. */
  of(request: IncomingMessage): string {
    if (request.socket.remoteAddress === undefined) return '';
    const address = proxyAddress(request, this.isTrusted);
    return ipaddr.isValid(address) ? ipaddr.process(address).toString() : address;
  }

  /** What is counted as one client: an IPv4 address, or the network of an IPv6 subscriber. */
  subscriberOf(request: IncomingMessage): string {
    const address = this.of(request);
    if (!ipaddr.isValid(address)) return address;
    const parsed = ipaddr.parse(address);
    if (!(parsed instanceof ipaddr.IPv6)) return address;
    const groups = parsed.parts.slice(0, subscriberGroups).map((group) => group.toString(16));
    return `${groups.join(':')}::/64`;
  }
}
