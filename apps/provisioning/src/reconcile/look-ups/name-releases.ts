import { firstUuid } from '#libs/event-store/ids.js';
import { CallFailure } from '#libs/outgoing/failure.js';
import type { NameHandovers, WaitingForName } from '../../accounts/accounts.exports.js';
import { reading, sameName, type Target } from '../../targets/targets.exports.js';
import type { Lanes } from '../calls/lanes.process.js';

export interface NameReleasesOptions {
  readonly connector: string;
  readonly handovers: NameHandovers;
  readonly target: { readonly accounts: Pick<Target['accounts'], 'find'> };
  readonly lanes: Lanes;
  readonly now: () => string;
  readonly mayCall: () => boolean;
}

/** How often the hub checks its own tables and the application, where an account may be renamed by hand. */
const ownMs = 1_000;
const lookMs = 60_000;
/** Names to look up each time. */
const looked = 20;

/** Makes accounts due again that are parked for a userName, when the name is free. */
export class NameReleases {
  private ownAtMs = -Infinity;
  private lookAtMs: number | null = null;
  private after = firstUuid;

  constructor(private readonly options: NameReleasesOptions) {}

  /** According to the hub's own tables. */
  async release(): Promise<void> {
    const { connector, handovers, now } = this.options;
    if (performance.now() - this.ownAtMs < ownMs) return;
    this.ownAtMs = performance.now();
    await handovers.release(connector, now());
  }

  /** According to the application, each minute. */
  async run(): Promise<void> {
    const { now, mayCall } = this.options;
    const nowMs = Date.parse(now());
    this.lookAtMs ??= nowMs + lookMs;
    if (nowMs < this.lookAtMs || !mayCall()) return;
    this.lookAtMs = nowMs + lookMs;
    await this.look();
  }

  /** Finds names that became free in the application. */
  private async look(): Promise<void> {
    const { connector, handovers, now } = this.options;
    const waiting = await handovers.waiting(connector, this.after, looked);
    this.after = waiting.length < looked ? firstUuid : (waiting.at(-1)?.identityId ?? firstUuid);
    for (const one of waiting) if (await this.isFree(one)) await handovers.free(one, now());
  }

  /** A failed look-up says nothing. */
  private async isFree({ name, identityId }: WaitingForName): Promise<boolean> {
    const { target, lanes, mayCall } = this.options;
    if (!mayCall()) return false;
    try {
      const found = await lanes.run(2, () => target.accounts.find({ identityId: null, userName: name }, reading));
      return found.every(({ userName, externalId }) => !sameName(userName, name) || externalId === identityId);
    } catch (error) {
      if (error instanceof CallFailure) return false;
      throw error;
    }
  }
}
