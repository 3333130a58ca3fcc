import { Injectable } from '@nestjs/common';
import { AddressGuard } from '#libs/outgoing/address-guard.js';
import { ServiceSettings } from '#libs/service-kit/settings/settings.js';
import { webhookKey } from '#libs/text/webhook-key.js';
import type { Channel } from './channel.port.js';
import { emailChannel } from './email-channel.process.js';
import { webhookChannel } from './webhook-channel.process.js';

/** The channels that the settings name. */
@Injectable()
export class Channels {
  readonly all: readonly Channel[];

  constructor(settings: ServiceSettings) {
    const { SMTP_URL: smtp, MAIL_FROM: from, NOTIFICATION_WEBHOOK_URL: address } = settings;
    const key = webhookKey(settings.NOTIFICATION_WEBHOOK_SECRET ?? '');
    const guard = new AddressGuard(settings.allowedNetworks, settings.embedded && settings.host === '127.0.0.1');
    this.all = [
      ...(smtp === undefined || from === undefined ? [] : [emailChannel(smtp, from)]),
      ...(address === undefined || key === null ? [] : [webhookChannel(address, key, guard)]),
    ];
  }

  named(name: Channel['name']): Channel | undefined {
    return this.all.find((one) => one.name === name);
  }
}
