import { Injectable } from '@nestjs/common';
import { MasterKey } from '#libs/event-store/master-key.js';
import { AddressGuard } from '#libs/outgoing/address-guard.js';
import type { ApplicationAccess } from '#libs/outgoing/authorized-exchange.js';
import { Clock } from '#libs/system/clock.js';
import {
  compileRest,
  type DiscoverOptions,
  RestClient,
  type RestDescription,
  RestEntitlements,
  type RestScope,
  RestTarget,
  ScimTarget,
  type Target,
  withProtection,
  withRoles,
} from '../targets/targets.exports.js';
import type { ConnectorDocument } from './connector-document.js';
import { limitedProfile, paceOf } from './connector-pace.process.js';
import { openedEgress } from './connector-egress.js';
import { openedAuth } from './connector-secrets.js';
import { pemProblem } from './secret-text.js';
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

  /**
   * @param onAccepted told which secret the application accepts, with each answer
   * @throws AddressRefused, or Error naming a secret reference that cannot be resolved
   */
  make(id: string, document: ConnectorDocument, onAccepted?: ApplicationAccess['onAccepted']): Target {
    const target = this.open(id, document, onAccepted);
    return document.protected === null ? target : withProtection(target, document.protected);
  }

  private open(id: string, document: ConnectorDocument, onAccepted: ApplicationAccess['onAccepted']): Target {
    const { protocol, rest } = document;
    const { access: plain, profile } = this.spoken(id, document);
    const access = onAccepted === undefined ? plain : { ...plain, onAccepted };
    switch (protocol) {
      case 'scim1':
      case 'scim2': {
        const target = new ScimTarget(access, profile);
        return rest === null ? target : withOwnRoles(target, access, rest);
      }
      case 'rest':
        return restTarget(access, rest);
    }
  }

  /** How the application is called, and what it is known to speak. @throws as {@link make} */
  spoken(id: string, document: ConnectorDocument): Pick<DiscoverOptions, 'access' | 'profile'> {
    const { baseUrl, auth, limits, egress } = document;
    const read: SecretReferences['read'] = (connector, reference, unfitness) =>
      this.secrets.read(connector, reference, unfitness);
    const access = {
      baseUrl,
      auth: openedAuth(id, auth, {
        masterKey: this.masterKey,
        read: (reference, unfitness) => read(id, reference, unfitness),
      }),
      egress: openedEgress(egress, (reference) => read(id, reference, pemProblem)),
      guard: this.guard,
      connections: limits.concurrency,
      nowMs: () => Date.parse(this.clock.now()),
      pace: paceOf(document),
    };
    return { access, profile: limitedProfile(document) };
  }
}

/** The roles of the application are granted by its own API, with the same credentials. */
function withOwnRoles(target: Target, access: ApplicationAccess, rest: NonNullable<ConnectorDocument['rest']>): Target {
  const description = compiled(rest, 'roles');
  const { baseUrl, roles } = description;
  if (roles === null) throw new Error('/rest/roles is missing');
  const client = new RestClient({ ...access, baseUrl: baseUrl ?? access.baseUrl }, description);
  return withRoles(target, new RestEntitlements(client, roles), client);
}

function restTarget(access: ApplicationAccess, rest: ConnectorDocument['rest']): Target {
  const description = compiled(rest, 'everything');
  if (description.accounts === null) throw new Error('/rest/accounts is missing');
  return new RestTarget(access, description, description.accounts);
}

/** A description is checked when it is stated. */
function compiled(rest: unknown, scope: RestScope): RestDescription {
  const { description, problems } = compileRest(rest, scope);
  const [problem] = problems;
  if (description === null) throw new Error(`${problem?.pointer ?? '/rest'} ${problem?.detail ?? ''}`);
  return description;
}
