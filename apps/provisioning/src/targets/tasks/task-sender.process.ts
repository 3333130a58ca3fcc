import { entitlementKey } from '#libs/contracts/entitlement.js';
import { type ApplicationAccess, AuthorizedExchange } from '#libs/outgoing/authorized-exchange.js';
import { CallFailure } from '#libs/outgoing/failure.js';
import { webhookHeaders } from '#libs/outgoing/standard-webhook.js';
import type { Call } from '../target.js';
import type { GivenTask, WantedTask } from './task-book.port.js';

/** Calls the program that takes tasks, signed as Standard Webhooks say. */
export class TaskSender {
  private readonly exchange: AuthorizedExchange;

  /**
   * @param key of the signature, as it is now
   * @throws AddressRefused when the address is one that may not be called
   */
  constructor(
    private readonly access: Omit<ApplicationAccess, 'auth'>,
    private readonly key: () => Buffer,
  ) {
    this.exchange = new AuthorizedExchange({ ...access, auth: { type: 'none' } });
  }

  /** The same task has the same `webhook-id` at each attempt. @throws CallFailure unless it is taken */
  async send(task: GivenTask, wanted: WantedTask, call: Call): Promise<void> {
    const body = JSON.stringify({ type: 'task.given', timestamp: task.givenAt, data: dataOf(task, wanted) });
    const seconds = Math.floor(this.access.nowMs() / 1_000);
    const withinMs = call.leftMs();
    const answer = await this.exchange.answer({
      method: 'POST',
      path: '',
      headers: { 'content-type': 'application/json', ...webhookHeaders(this.key(), task.id, seconds, body) },
      body,
      ...(withinMs === undefined ? {} : { withinMs }),
    });
    const failure = this.exchange.failureOf(answer, true);
    if (failure !== null) throw new CallFailure(failure);
  }

  destroy(): Promise<void> {
    return this.exchange.destroy();
  }
}

function dataOf(
  { id, application, dueAt }: GivenTask,
  { kind, connector, identityId, accountId, entitlement, written }: WantedTask,
): object {
  return {
    task: id,
    kind,
    connector,
    application,
    identity: identityId,
    account: accountId,
    entitlement: entitlementKey(entitlement),
    values: written,
    dueAt,
    confirm: `/provisioning/v1/tasks/${id}/confirm`,
    refuse: `/provisioning/v1/tasks/${id}/refuse`,
  };
}
