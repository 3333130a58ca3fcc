import { CallFailure } from '#libs/outgoing/failure.js';
import { isActive, type PatchOperation, type ScimUser } from '#libs/scim/client/resources.js';
import type { Changed as Answered, ScimClient } from '#libs/scim/client/scim-client.js';
import { changesSeen } from '../shown-account.js';
import type { AccountTarget, Attributes, Call, Changed, Page, ShownAccount, SoughtAccount } from '../target.js';
import { BatchLookUps } from './batch-look-ups.js';
import { pageOf } from './scim-pages.process.js';
import { needsReading, patchOf, resourceOf } from './scim-attributes.js';
import { limitsOf, shownAccount } from './scim-shown.js';

/** Users of an application that speaks SCIM. */
export class ScimAccounts implements AccountTarget {
  readonly shownWithinMs = 0;
  private readonly batchLookUps: BatchLookUps;

  constructor(
    private readonly client: ScimClient,
    nowMs: () => number,
  ) {
    this.batchLookUps = new BatchLookUps(client, nowMs);
  }

  async find(sought: SoughtAccount, call: Call): Promise<readonly ShownAccount[]> {
    const found = (await this.batchLookUps.find(sought, () => limitsOf(call))) ?? (await this.alone(sought, call));
    return found.map(shownAccount);
  }

  expect(sought: SoughtAccount): () => void {
    this.batchLookUps.expect(sought);
    return () => {
      this.batchLookUps.forget(sought);
    };
  }

  async findUnkept({ identityId, userName }: SoughtAccount): Promise<ShownAccount | null> {
    for (const [attribute, value] of namesOf({ identityId, userName })) {
      const found = await this.client.findUsersOfAnyId(attribute, value);
      const ours = found.find(({ externalId }) => externalId === identityId);
      if (ours !== undefined) return shownAccount(ours);
    }
    return null;
  }

  async list(cursor: string | null, call: Call): Promise<Page<ShownAccount>> {
    return await pageOf<ScimUser, ShownAccount>(this.client, { kind: 'Users', cursor, call, shown: shownAccount });
  }

  async read(id: string, call: Call): Promise<ShownAccount> {
    return shownAccount(await this.client.getUser(id, limitsOf(call)));
  }

  async create(
    sought: SoughtAccount,
    written: Attributes,
    call: Call,
  ): Promise<Changed<ShownAccount> & { readonly shown: ShownAccount }> {
    const { status, shown } = await this.client.createUser(resourceOf(written, sought.identityId), limitsOf(call));
    this.batchLookUps.made(sought);
    return { status, shown: shownAccount(shown) };
  }

  /** Reads the entries of lists from the application, where it may be read: it may have others than the hub knows. */
  async change(id: string, written: Attributes, before: Attributes, call: Call): Promise<Changed<ShownAccount>> {
    const shown = needsReading(written) ? await this.readable(id, call) : null;
    const operations = patchOf(written, before, shown);
    if (operations.length === 0) return { status: 200, shown: shown === null ? null : shownAccount(shown) };
    const isSo = (user: ScimUser): boolean => changesSeen(shownAccount(user), written) === 'yes';
    return changed(await this.patch(id, operations, call, isSo));
  }

  async setActive(id: string, active: boolean, call: Call): Promise<Changed<ShownAccount>> {
    const operations = [{ op: 'replace', path: 'active', value: active }] as const;
    return changed(await this.patch(id, operations, call, (user) => isActive(user) === active));
  }

  async remove(id: string, call: Call): Promise<number> {
    return await this.client.deleteUser(id, limitsOf(call));
  }

  /** Repeats the change if the account changed in the meantime (412): nothing was done, and the change is still wanted. */
  private async patch(
    id: string,
    operations: readonly PatchOperation[],
    call: Call,
    isSo: (user: ScimUser) => boolean,
  ): Promise<Answered<ScimUser>> {
    const change = (): Promise<Answered<ScimUser>> => this.client.patchUser(id, operations, limitsOf(call));
    try {
      return await changedOrRead(change, () => this.client.getUser(id, limitsOf(call)), isSo);
    } catch (error) {
      if (!(error instanceof CallFailure) || error.terms.code !== 'changed-meanwhile') throw error;
      return await change();
    }
  }

  /** Null where the application does not show single accounts. */
  private async readable(id: string, call: Call): Promise<ScimUser | null> {
    try {
      return await this.client.getUser(id, limitsOf(call));
    } catch (error) {
      if (error instanceof CallFailure && error.terms.class === 'validation') return null;
      throw error;
    }
  }

  private async alone(sought: SoughtAccount, call: Call): Promise<readonly ScimUser[]> {
    const found = await Promise.all(
      namesOf(sought).map(([attribute, value]) => this.client.findUsers(attribute, value, limitsOf(call))),
    );
    return found.flat();
  }
}

function namesOf({ identityId, userName }: SoughtAccount): (readonly [attribute: string, value: string])[] {
  return [
    ...(identityId === null ? [] : [['externalId', identityId] as const]),
    ...(userName === null ? [] : [['userName', userName] as const]),
  ];
}

function changed({ status, shown }: Answered<ScimUser>): Changed<ShownAccount> {
  return { status, shown: shown === null ? null : shownAccount(shown) };
}

/** A change that was answered with 2xx and what nobody can read, such as a page: what a reading shows afterwards counts. */
async function changedOrRead(
  change: () => Promise<Answered<ScimUser>>,
  read: () => Promise<ScimUser>,
  isSo: (user: ScimUser) => boolean,
): Promise<Answered<ScimUser>> {
  try {
    return await change();
  } catch (error) {
    if (!(error instanceof CallFailure) || error.terms.code !== 'unreadable-answer') throw error;
    const shown = await read().catch(() => null);
    if (shown === null || !isSo(shown)) throw error;
    return { status: error.terms.status ?? 200, shown };
  }
}
