import { type Operate, type Refusal, stepKey } from '../../accounts/accounts.exports.js';

type Change = Pick<Operate, 'kind' | 'entitlement'>;

/** Changes of one account that did not succeed in this run. Everything else is done before the account waits for them. */
export class Setbacks {
  private readonly refused = new Map<string, Refusal>();
  /** Without outcome: they are repeated after everything else. */
  private readonly postponed = new Set<string>();
  /** When a kind of change that the application refuses to everybody is tried again; null for none. */
  private heldMs: number | null = null;

  /** Steps that the plan leaves out. */
  get keys(): ReadonlySet<string> {
    return new Set([...this.refused.keys(), ...this.postponed]);
  }

  get any(): boolean {
    return this.refused.size > 0;
  }

  get heldUntilMs(): number | null {
    return this.heldMs;
  }

  refuse(change: Change, refusal: Refusal): void {
    this.refused.set(stepKey(change), refusal);
  }

  /**
   * The application refuses this kind of change to everybody until then.
   * @returns whether others can be made without it
   */
  hold(change: Change, untilMs: number): boolean {
    if (!['add-member', 'grant-role', 'update-account'].includes(change.kind)) return false;
    this.heldMs = Math.min(this.heldMs ?? Infinity, untilMs);
    this.refuse(change, { code: 'held', detail: '', again: true });
    return true;
  }

  /**
   * A group that fails again and again keeps nobody in, or out of, the others. Disabling goes first, unless it keeps failing.
   * @param attempts of the account before this run
   */
  postpone(change: Change, attempts: number): void {
    if (change.kind !== 'disable-account' || attempts > 1) this.postponed.add(stepKey(change));
  }

  /** Everything else is done. True if there is something to repeat now. */
  resume(): boolean {
    const some = this.postponed.size > 0;
    this.postponed.clear();
    return some;
  }

  /** What a person must look at; undefined while all of it may still succeed. @param tooMany so many attempts were made that it will not */
  forPerson(tooMany: boolean): Refusal | undefined {
    const all = [...this.refused.values()];
    return all.find(({ again }) => !again) ?? (tooMany ? all[0] : undefined);
  }
}
