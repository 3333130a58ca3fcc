import { Injectable } from '@nestjs/common';
import { MasterKey } from '#libs/event-store/master-key.js';
import { AddressGuard } from '#libs/outgoing/address-guard.js';
import { type ApplicationAccess, withheld } from '#libs/outgoing/authorized-exchange.js';
import { Clock } from '#libs/system/clock.js';
import { webhookKey } from '#libs/text/webhook-key.js';
import {
  compileRest,
  readOnly,
  type DiscoverOptions,
  RestClient,
  type RestDescription,
  RestEntitlements,
  type RestScope,
  RestTarget,
  ScimTarget,
  TaskBook,
  TaskSender,
  TaskTarget,
  type Target,
  withOwnAccount,
  withProtection,
  withRoles,
} from '../targets/targets.exports.js';
import { AcceptedSecrets } from './accepted-secrets.store.js';
import { byPeople, type ConnectorAuth, type ConnectorDocument } from './connector-document.js';
import { limitedProfile, paceOf } from './connector-pace.process.js';
import { openedEgress } from './connector-egress.js';
import { openedAuth, type Opening } from './opened-secrets.js';
import { pemProblem, webhookProblem } from './secret-text.js';
import { SecretReferences } from './secret-references.config.js';

type MoreAccess = Pick<ApplicationAccess, 'onAccepted' | 'withholdsChanges'>;

/** Makes what calls an application, by its protocol. Only here connector secrets are decrypted. */
@Injectable()
export class ConnectorTargets {
  constructor(
    private readonly masterKey: MasterKey,
    private readonly guard: AddressGuard,
    private readonly clock: Clock,
    private readonly secrets: SecretReferences,
    private readonly book: TaskBook,
    private readonly accepted: AcceptedSecrets,
  ) {}

  /** As {@link make}, for the work of a connector: which secret the application accepts is noted. */
  working(id: string, document: ConnectorDocument): Target {
    return this.make(id, document, { onAccepted: this.accepted.of(id, document.auth) });
  }

  /** As {@link make}, for a dry run: what would change something is not sent, and fails with `withheld`. */
  trial(id: string, document: ConnectorDocument): Target {
    return byPeople.has(document.protocol)
      ? readOnly(this.make(id, document), () => Promise.reject(withheld()))
      : this.make(id, document, { withholdsChanges: true });
  }

  /**
   * @param more.onAccepted told which secret the application accepts, with each answer
   * @throws AddressRefused, or Error naming a secret reference that cannot be resolved
   */
  make(id: string, document: ConnectorDocument, more: MoreAccess = {}): Target {
    const { auth, protected: stated } = document;
    const open = this.open(id, document, more);
    const target = auth.type === 'basic' ? withOwnAccount(open, auth.username) : open;
    return stated === null ? target : withProtection(target, stated);
  }

  private open(id: string, document: ConnectorDocument, more: MoreAccess): Target {
    const { protocol, rest } = document;
    if (protocol === 'webhook' || protocol === 'file') return this.byPeople(id, document);
    const { access: plain, profile } = this.spoken(id, document);
    const access = { ...plain, ...more };
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

  /** People make each change. */
  private byPeople(id: string, document: ConnectorDocument): Target {
    const { auth, tasks } = document;
    const told = auth.type === 'standard-webhooks' ? 'webhook' : 'owners';
    const sender =
      auth.type === 'standard-webhooks'
        ? new TaskSender(this.spoken(id, document).access, () => openedKey(id, auth, this.opening(id)))
        : null;
    const isListed = document.file !== null;
    return new TaskTarget({ connector: id, book: this.book, terms: { told, ...tasks }, sender, isListed });
  }

  private opening(id: string): Opening {
    const { masterKey, secrets } = this;
    return { masterKey, read: (reference, unfitness) => secrets.read(id, reference, unfitness) };
  }

  /** How the application is called, and what it is known to speak. @throws as {@link make} */
  spoken(id: string, document: ConnectorDocument): Pick<DiscoverOptions, 'access' | 'profile'> {
    const { baseUrl, auth, limits, egress } = document;
    const opening = this.opening(id);
    const access = {
      baseUrl,
      auth: openedAuth(id, auth, opening),
      egress: openedEgress(egress, (reference) => opening.read(reference, pemProblem)),
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

/** The key that signs webhooks, as it is now. @throws Error where it is missing */
function openedKey(
  id: string,
  { secret }: Extract<ConnectorAuth, { type: 'standard-webhooks' }>,
  { masterKey, read }: Opening,
): Buffer {
  const text =
    'reference' in secret
      ? read(secret.reference, webhookProblem)
      : masterKey.open(secret.sealed, `connector/${id}/auth.secret`);
  const key = webhookKey(text);
  if (key === null) throw new Error('/auth/secret is no secret of Standard Webhooks');
  return key;
}
