import { CallFailure } from '#libs/outgoing/failure.js';
import type { ScimUser } from '#libs/scim/client/resources.js';
import type { ScimClient } from '#libs/scim/client/scim-client.js';
import { sameName } from '../shown-account.js';
import type { SoughtAccount } from '../target.js';

interface Named {
  readonly identityId: string;
  readonly userName: string;
}

/** The time that a call may take. It throws `not-sent` if the call is too late. */
type Limits = () => { readonly withinMs?: number };

/** Accounts that exist, each with the name that the search uses. */
interface Witnesses {
  readonly byExternalId: Named;
  readonly byUserName: Named;
}

interface Waiting {
  readonly sought: Named;
  /** The result of a common search for this account; null if it is not reliable. */
  answer: Promise<readonly ScimUser[] | null> | null;
  askedAtMs: number;
}

/** Accounts in one search: with their names the URL stays below 2,048 characters, the limit of some servers. */
const maxAccounts = 12;
const longestQuestion = 1_800;
/** How long an answer is reused, in milliseconds. */
const freshMs = 2_000;
const withinMs = 5_000;
/** Unreliable answers in a row after which common searches stop. */
const maxDoubts = 3;

/**
 * Searches many accounts with one filter, `externalId eq … or userName eq … or …`: a search includes accounts that
 * wait. Not every application understands it (RFC 7644 §3.4.2.2 has it; some know `and` alone or read the first clauses
 * only), and a wrong "absent" makes a second account. So the filter ends with two existing accounts, one by each name.
 * An answer without both, or with an account that was not searched for, is not used; then each account is searched for
 * alone.
 */
export class BatchLookUps {
  private readonly waiting = new Map<string, Waiting>();
  private readonly witnesses: Named[] = [];
  private doubts = 0;

  constructor(
    private readonly client: Pick<ScimClient, 'findUsersByAny'>,
    private readonly nowMs: () => number,
  ) {}

  /** This account will be searched for later, in the order of these calls. */
  expect(sought: SoughtAccount): void {
    if (isNamed(sought)) this.waiting.set(sought.identityId, { sought, answer: null, askedAtMs: 0 });
  }

  /** It need not be searched for any more. */
  forget({ identityId }: SoughtAccount): void {
    if (identityId !== null) this.waiting.delete(identityId);
  }

  /** The application has made this account. */
  made(sought: SoughtAccount): void {
    if (this.witnesses.length < 2 && isNamed(sought)) this.witnesses.push(sought);
  }

  /**
   * The accounts with a name of `sought`; null if it must be searched for alone.
   * @throws CallFailure that concerns every account: load, credentials, or no time left
   */
  async find({ identityId }: SoughtAccount, limits: Limits): Promise<readonly ScimUser[] | null> {
    const waiting = identityId === null ? undefined : this.waiting.get(identityId);
    if (waiting === undefined) return null;
    if (waiting.answer !== null && this.nowMs() - waiting.askedAtMs < freshMs) return await waiting.answer;
    const [byExternalId, byUserName] = this.witnesses;
    if (byExternalId === undefined || byUserName === undefined || this.doubts >= maxDoubts) return null;
    const witnesses = { byExternalId, byUserName };
    const batch = this.batchWith(waiting, witnesses);
    if (batch.length < 2) return null;
    const asked = this.ask(
      batch.map((one) => one.sought),
      witnesses,
      limits,
    );
    const askedAtMs = this.nowMs();
    for (const one of batch) {
      one.askedAtMs = askedAtMs;
      one.answer = asked.then(
        (found) => found?.filter((user) => isOneOf(user, one.sought)) ?? null,
        () => null,
      );
    }
    await asked;
    return await waiting.answer;
  }

  /** The first account, and the next ones in order that are not searched for yet. */
  private batchWith(first: Waiting, { byExternalId, byUserName }: Witnesses): Waiting[] {
    const batch = [first];
    let length = lengthOf(first.sought) + lengthOf(byExternalId) + lengthOf(byUserName);
    for (const one of this.waiting.values()) {
      if (one === first || one.answer !== null) continue;
      length += lengthOf(one.sought);
      if (batch.length === maxAccounts || length > longestQuestion) break;
      batch.push(one);
    }
    return batch;
  }

  private async ask(
    batch: readonly Named[],
    { byExternalId, byUserName }: Witnesses,
    limits: Limits,
  ): Promise<readonly ScimUser[] | null> {
    const names = [
      ...batch.flatMap(({ identityId, userName }) => [
        { attribute: 'externalId', value: identityId },
        { attribute: 'userName', value: userName },
      ]),
      { attribute: 'externalId', value: byExternalId.identityId },
      { attribute: 'userName', value: byUserName.userName },
    ];
    const left = limits().withinMs ?? withinMs;
    try {
      const found = await this.client.findUsersByAny(names, { withinMs: Math.min(left, withinMs) });
      const all = [...batch, byExternalId, byUserName];
      const believed =
        found.some(({ externalId }) => externalId === byExternalId.identityId) &&
        found.some(({ userName }) => sameName(userName, byUserName.userName)) &&
        found.every((user) => all.some((sought) => isOneOf(user, sought)));
      this.doubts = believed ? 0 : this.doubts + 1;
      return believed ? found : null;
    } catch (error) {
      if (!(error instanceof CallFailure) || ['throttled', 'auth'].includes(error.terms.class)) throw error;
      this.doubts += 1;
      return null;
    }
  }
}

function isNamed(sought: SoughtAccount): sought is Named {
  return sought.identityId !== null && sought.userName !== null;
}

function isOneOf({ externalId, userName }: ScimUser, sought: Named): boolean {
  return externalId === sought.identityId || sameName(userName, sought.userName);
}

/** The length of its part of the filter in a URL, at most. */
function lengthOf({ identityId, userName }: Named): number {
  return encodeURIComponent(`externalId eq "${identityId}" or userName eq "${userName}" or `).length;
}
