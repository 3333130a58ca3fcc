import type { FailureTerms } from '#libs/outgoing/failure.js';
import type {
  Attributes,
  GivenValues,
  MatchingValue,
  OpenOperation,
  Priority,
  UniqueTarget,
} from '../../accounts/accounts.exports.js';

/** `none`: somebody else has each value that the target may get. */
export type Choice =
  | { readonly is: 'chosen'; readonly values: Attributes }
  | { readonly is: 'none'; readonly target: string }
  | { readonly is: 'failed'; readonly failure: FailureTerms };

/** Whether the application shows the value at no other account; or why it cannot be asked. */
export type AskIsFree = (
  open: OpenOperation,
  value: MatchingValue,
  priority: Priority,
) => Promise<boolean | FailureTerms>;

/**
 * Chooses, before an account is made, the values that nobody else has: the application is asked first, then the value is
 * taken in the hub, where one person alone can have it.
 */
export class UniqueValues {
  constructor(
    private readonly isFree: AskIsFree,
    private readonly given: Pick<GivenValues, 'claim'>,
  ) {}

  async choose(open: OpenOperation, wanted: readonly UniqueTarget[], priority: Priority): Promise<Choice> {
    const values: Record<string, string> = {};
    for (const one of wanted) {
      const found = await this.first(open, one, priority);
      if (found === null) return { is: 'none', target: one.target };
      if (typeof found !== 'string') return { is: 'failed', failure: found };
      values[one.target] = found;
    }
    return { is: 'chosen', values };
  }

  private async first(
    open: OpenOperation,
    { target, candidates }: UniqueTarget,
    priority: Priority,
  ): Promise<string | FailureTerms | null> {
    for (const value of candidates) {
      const free = await this.isFree(open, { target, value }, priority);
      if (typeof free !== 'boolean') return free;
      if (free && (await this.given.claim(open.identityId, value))) return value;
    }
    return null;
  }
}
