import { Injectable } from '@nestjs/common';
import { MasterKey } from '#libs/event-store/master-key.js';
import { AddressGuard } from '#libs/outgoing/address-guard.js';
import type { ApplicationAccess } from '#libs/outgoing/authorized-exchange.js';
import { Clock } from '#libs/system/clock.js';
import { compileRest, RestClient, RestRoles, ScimTarget, type Target, withRoles } from '../targets/targets.exports.js';
import type { ConnectorDocument } from './connector-document.js';
import { openedAuth } from './connector-secrets.js';
import { SecretReferences } from './secret-references.config.js';

/** Makes what calls an application, by its protocol. Only here connector secrets are decrypted. */
@Injectable()
export class ConnectorTargets {
  constructor(
    private readonly masterKey: MasterKey,
    private readonly guard: AddressGuard,
    private readonly clock: Clock,
    private readonly secrets: SecretReferences,
  ) {}

  /** @throws AddressRefused, or Error naming a secret reference that leads nowhere */
  make(id: string, { baseUrl, auth, limits, rest }: ConnectorDocument): Target {
    const access = {
      baseUrl,
      auth: openedAuth(id, auth, this.masterKey, (reference) => this.secrets.read(id, reference)),
      guard: this.guard,
      connections: limits.concurrency,
      nowMs: () => Date.parse(this.clock.now()),
    };
    const target = new ScimTarget(access);
    return rest === null ? target : this.withRest(target, access, rest);
  }

  /** The roles of the application are granted by its own API, with the same credentials. */
  private withRest(target: Target, access: ApplicationAccess, rest: NonNullable<ConnectorDocument['rest']>): Target {
    const { description, problems } = compileRest(rest);
    const [problem] = problems;
    if (description === null) throw new Error(`${problem?.pointer ?? '/rest'} ${problem?.detail ?? ''}`);
    const client = new RestClient({ ...access, baseUrl: description.baseUrl ?? access.baseUrl }, description);
    return withRoles(target, new RestRoles(client, description.roles), () => client.destroy());
  }
}
