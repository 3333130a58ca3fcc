import type { AddressGuard } from '#libs/outgoing/address-guard.js';
import { CallFailure } from '#libs/outgoing/failure.js';
import { HttpExchange } from '#libs/outgoing/http-exchange.js';
import type { Channel, Outgoing, Sent } from './channel.port.js';
import { webhookHeaders } from '#libs/outgoing/standard-webhook.js';

/** One address that takes every notification, signed as Standard Webhooks say. */
export function webhookChannel(address: string, key: Buffer, guard: AddressGuard): Channel {
  const url = new URL(address);
  const exchange = new HttpExchange(url, guard, 2);
  return {
    name: 'webhook',
    reaches: () => true,
    send: async (notification): Promise<Sent> => {
      const { id, at } = notification;
      const body = JSON.stringify(payloadOf(notification));
      const signed = webhookHeaders(key, id, Math.floor(Date.parse(at) / 1000), body);
      const headers = { 'content-type': 'application/json', ...signed };
      try {
        const path = `${url.pathname}${url.search}`;
        const { status } = await exchange.send({ method: 'POST', path, headers, body, withinMs: 20_000 });
        if (status >= 200 && status < 300) return { is: 'sent' };
        // 410: the receiver wants no more of them.
        return { is: status === 410 ? 'refused' : 'failed', problem: `the receiver answered ${status}` };
      } catch (error) {
        if (!(error instanceof CallFailure)) throw error;
        return { is: 'failed', problem: error.terms.code };
      }
    },
    close: () => exchange.destroy(),
  };
}

function payloadOf({ kind, at, id, recipient, about, subject, text, link }: Outgoing): object {
  return { type: `notification.${kind}`, timestamp: at, data: { id, recipient, about, subject, text, link } };
}
