import { uuidv7 } from '#libs/event-store/ids.js';
import { ScimFailure } from '#libs/scim/client/failure.js';
import type { ScimClient } from '#libs/scim/client/scim-client.js';
import type { Account } from '../../accounts/account.js';
import { absenceMs, isSameAccount, writtenName, type KnownAccount, type PlaceRow } from '../../places/place.js';
import type { Places } from '../../places/places.query.js';

export interface PlaceProofOptions {
  readonly connector: string;
  /** Where the connector calls now. */
  readonly place: string;
  readonly places: Places;
  readonly client: Pick<ScimClient, 'findUsers' | 'getUser'>;
  readonly now: () => string;
}

/** Why an account that is not found does not count as gone. */
export interface Doubt {
  readonly code: 'place-unproven' | 'account-missing';
  readonly detail: string;
}

/** How often it is tried to find out where this is, while that is open. */
const retryMs = 30_000;

/**
 * Whether the connector's address and credentials lead to where the accounts are that the hub knows. What is not found at
 * another place, or at one that nothing proves, is not gone. An account found by its id proves the place, so that new
 * credentials for the same application reopen nothing.
 */
export class PlaceProof {
  private rows: readonly PlaceRow[] = [];
  private entered = false;
  private answered = false;
  private nextMs = 0;

  constructor(private readonly options: PlaceProofOptions) {}

  /**
   * Finds out, by some accounts that should be there, whether this is the place; does nothing when that is known, or was tried just now.
   * @throws ScimFailure when the application cannot be asked at all
   */
  async find(): Promise<void> {
    const { connector, place, places, client } = this.options;
    if (!this.entered) this.rows = await places.enter(connector, place, this.options.now());
    this.entered = true;
    if (this.answered || this.nowMs < this.nextMs) return;
    this.nextMs = this.nowMs + retryMs;
    const known = this.here.proven ? [] : await places.knownAccounts(connector);
    if (known.length === 0) {
      this.answered = true;
      return;
    }
    // A wrong path knows no list: then nothing can be said about accounts.
    await client.findUsers('userName', uuidv7());
    const found = await this.ask(known);
    const [same] = found.same;
    const isSame = found.same.length > found.foreign;
    if (same !== undefined && isSame) await this.join(same.state.place);
    else if (found.unclear === 0) await this.part();
  }

  /** @throws ScimFailure about every account */
  private async ask(
    known: readonly KnownAccount[],
  ): Promise<{ same: readonly KnownAccount[]; foreign: number; unclear: number }> {
    const same: KnownAccount[] = [];
    let foreign = 0;
    let unclear = 0;
    for (const one of known) {
      const there = await this.isThere(one);
      if (there === 'same') same.push(one);
      if (there === 'foreign') foreign += 1;
      if (there === 'unclear') unclear += 1;
    }
    return { same, foreign, unclear };
  }

  /** What has the id of the account here. */
  private async isThere({
    identityId,
    accountId,
    state,
  }: KnownAccount): Promise<'same' | 'foreign' | 'none' | 'unclear'> {
    try {
      const user = await this.options.client.getUser(accountId);
      return isSameAccount(user, identityId, writtenName(state)) ? 'same' : 'foreign';
    } catch (error) {
      if (!(error instanceof ScimFailure)) throw error;
      const { class: kind, status } = error.terms;
      if (kind === 'gone') return 'none';
      if (kind === 'throttled' || status === null || status === 401) throw error;
      return 'unclear';
    }
  }

  private async part(): Promise<void> {
    const { connector, place, places } = this.options;
    await places.part(connector, place);
    await this.reload();
    this.answered = true;
  }

  /** An account known at that place was found here: both are one. */
  async join(known: string | null): Promise<void> {
    const { connector, place, places } = this.options;
    await places.join(connector, place, this.here.root, this.rootOf(known));
    await this.reload();
    this.answered = true;
  }

  /** The application made an account here. */
  async made(): Promise<void> {
    if (!this.entered || this.here.proven) return;
    await this.options.places.prove(this.options.connector, this.options.place);
    await this.reload();
  }

  /** Was what is known of an account found out at this place? Null: before places were kept. */
  holds(known: string | null): boolean {
    return this.rootOf(known) === this.here.root;
  }

  get proven(): boolean {
    return this.here.proven;
  }

  /** A person said that this is the place, whatever is not found here. */
  get confirmed(): boolean {
    return this.here.confirmed;
  }

  get id(): string {
    return this.options.place;
  }

  /** Why an account whose id is not known here is not gone; null when it is. */
  doubt({ place, missingSince }: Pick<Account, 'place' | 'missingSince'>): Doubt | null {
    if (!this.here.proven || !this.holds(place)) return { code: 'place-unproven', detail: unproven };
    const sinceMs = missingSince === null ? this.nowMs : Date.parse(missingSince);
    if (this.nowMs - sinceMs >= absenceMs) return null;
    return { code: 'account-missing', detail: missing };
  }

  /** Why an account that was known at another place waits for a person. */
  readonly elsewhere = { code: 'place-unproven', detail: unproven } as const;

  /** Part of what decides how accounts should be: at another place each of them is another question. */
  get terms(): string {
    const { root, confirmed } = this.here;
    const first = this.rows[0]?.root ?? root;
    return `${root === first ? '' : `@${root}`}${confirmed ? '+confirmed' : ''}`;
  }

  private async reload(): Promise<void> {
    this.rows = await this.options.places.all(this.options.connector);
  }

  private get here(): PlaceRow {
    const { place } = this.options;
    const unknown = { place, root: place, decided: false, current: true, proven: false, confirmed: false };
    return this.rows.find((row) => row.place === place) ?? unknown;
  }

  private rootOf(known: string | null): string {
    const row = known === null ? this.rows[0] : this.rows.find(({ place }) => place === known);
    return row?.root ?? known ?? this.options.place;
  }

  private get nowMs(): number {
    return Date.parse(this.options.now());
  }
}

const unproven =
  'the account is not at this address, and nothing proves that this is the application where it was: mend the connector (POST …/test says what is wrong), or confirm the place with POST …/confirm-place';
const missing =
  'the application does not know the id of this account: it counts as gone when that is still so in a minute';
