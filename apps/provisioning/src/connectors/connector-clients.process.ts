import { Injectable } from '@nestjs/common';
import { MasterKey } from '#libs/event-store/master-key.js';
import { AddressGuard } from '#libs/outgoing/address-guard.js';
import { ScimClient } from '#libs/scim/client/scim-client.js';
import { Clock } from '#libs/system/clock.js';
import type { ConnectorDocument } from './connector-document.js';
import { openedAuth } from './connector-secrets.js';
import { SecretReferences } from './secret-references.config.js';

/** Creates clients for applications. Only here connector secrets are decrypted. */
@Injectable()
export class ConnectorClients {
  constructor(
    private readonly masterKey: MasterKey,
    private readonly guard: AddressGuard,
    private readonly clock: Clock,
    private readonly secrets: SecretReferences,
  ) {}

  /** @throws AddressRefused, or Error naming a secret reference that leads nowhere */
  make(id: string, { baseUrl, auth, limits }: ConnectorDocument): ScimClient {
    return new ScimClient({
      baseUrl,
      auth: openedAuth(id, auth, this.masterKey, (reference) => this.secrets.read(id, reference)),
      guard: this.guard,
      connections: limits.concurrency,
      nowMs: () => Date.parse(this.clock.now()),
    });
  }
}
