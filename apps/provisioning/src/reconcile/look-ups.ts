import { ScimFailure } from '#libs/scim/client/failure.js';
import { isActive, type ScimUser } from '#libs/scim/client/resources.js';
import type { ScimClient } from '#libs/scim/client/scim-client.js';
import type { OpenOperation } from '../accounts/account.js';
import { match, type Match, type Sought } from '../accounts/match.js';
import { accountSeen } from '../accounts/seen.js';
import { observedOf } from '../accounts/scim-attributes.js';
import type { CallResult } from '../accounts/settle.js';
import type { GroupDirectory } from '../groups/group-directory.js';
import type { CrowdLookUps } from './crowd-look-ups.js';
import { unlimited, type Limits } from './operation-time.js';

/** Asks the application what is there. Throws ScimFailure when that cannot be found out. */
export class LookUps {
  /** @param targets paths that an account taken over is read for */
  constructor(
    private readonly client: ScimClient,
    private readonly crowd: CrowdLookUps,
    private readonly groups: GroupDirectory,
    private readonly targets: readonly string[],
  ) {}

  /** An account that was there: what was found is what is seen of it. */
  adopted(user: ScimUser): CallResult {
    const active = isActive(user) !== false;
    return {
      is: 'adopted',
      accountId: user.id,
      active,
      observed: observedOf(user, this.targets),
      seen: active ? 'yes' : 'contradicted',
    };
  }

  async find(sought: Sought, limits: Limits = unlimited): Promise<Match> {
    const found = (await this.crowd.find(sought, limits)) ?? (await this.alone(sought, limits));
    return match(sought, found);
  }

  /** Did a creation take effect, of which nothing was heard? */
  async account(open: OpenOperation, absentBefore: boolean): Promise<CallResult> {
    const lostIntent = { startedAtMs: Date.parse(open.startedAt), absentBefore };
    const found = await this.find({ identityId: open.identityId, userName: userNameOf(open), lostIntent });
    switch (found.is) {
      case 'ours':
      case 'ours-by-intent':
        return {
          is: 'created',
          accountId: found.user.id,
          status: null,
          seen: accountSeen(found.user, open.identityId, userNameOf(open)),
        };
      case 'absent':
        return { is: 'not-done' };
      case 'disputed':
        return found;
    }
  }

  /** Did an addition take effect, of which nothing was heard? */
  async member({ group, accountId }: OpenOperation): Promise<CallResult> {
    const groupId = await this.groups.existing(group ?? '');
    const members = groupId === null ? null : await this.client.groupMembers(groupId);
    // Adding a member again is harmless, so where members are not shown it is simply done again.
    return members?.has(accountId ?? '') === true
      ? { is: 'done', status: null, verified: true, seen: 'yes' }
      : { is: 'not-done' };
  }

  /**
   * 404 for an account says little: a gateway may have said it, or another account may have taken the place of ours. Only
   * with nobody under our externalId is it gone.
   */
  async vanished({ identityId, accountId }: OpenOperation, { terms }: ScimFailure): Promise<CallResult> {
    const found = await this.find({ identityId, userName: null, lostIntent: null });
    if (found.is === 'absent') return { is: 'gone', status: terms.status };
    if (found.is === 'disputed') return found;
    if (found.user.id !== accountId) return this.adopted(found.user);
    throw new ScimFailure({ ...terms, class: 'transient', code: 'found-and-gone' });
  }

  private async alone({ identityId, userName }: Sought, limits: Limits): Promise<readonly ScimUser[]> {
    const found = await Promise.all([
      this.client.findUsers('externalId', identityId, limits()),
      ...(userName === null ? [] : [this.client.findUsers('userName', userName, limits())]),
    ]);
    return found.flat();
  }
}

export function userNameOf({ written }: OpenOperation): string | null {
  const name = written?.['userName'];
  return typeof name === 'string' ? name : null;
}
