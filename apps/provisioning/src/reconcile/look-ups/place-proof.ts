import type { Account } from '../../accounts/accounts.exports.js';
import { absenceMs, isSameAccount, type PlaceRow, type Places, writtenNames } from '../../places/places.exports.js';
import { reading, type Target } from '../../targets/targets.exports.js';

export interface PlaceProofOptions {
  readonly connector: string;
  /** Where the connector calls now. */
  readonly place: string;
  readonly places: Places;
  readonly probe: Target['probe'];
  readonly now: () => string;
}

/** Why an account that is not found does not count as gone. */
export interface Doubt {
  readonly code: 'place-unproven' | 'account-missing';
  readonly detail: string;
}

/** How often the place is checked while it is unknown. */
const retryMs = 30_000;

/**
 * Checks whether the connector's address and credentials lead to the application of the known accounts. An account that
 * is missing at another or unproven place does not count as gone. An account found by its id proves the place, so new
 * credentials for the same application change nothing.
 */
export class PlaceProof {
  private rows: readonly PlaceRow[] = [];
  private entered = false;
  private answered = false;
  private reopened = false;
  private nextMs = 0;

  constructor(private readonly options: PlaceProofOptions) {}

  /**
   * Checks the place with some accounts that should be there. It does nothing if the place is known or was checked just
   * now.
   * @throws CallFailure when the application cannot be asked at all
   */
  async find(): Promise<void> {
    const { connector, place, places } = this.options;
    if (!this.entered) this.rows = await places.enter(connector, place, this.options.now());
    this.entered = true;
    await this.reopen();
    if (this.answered || this.nowMs < this.nextMs) return;
    this.nextMs = this.nowMs + retryMs;
    const known = this.here.proven ? [] : await places.knownAccounts(connector);
    if (known.length === 0) {
      this.answered = true;
      return;
    }
    const probe = await this.options.probe(
      known.map(({ accountId, identityId, state }) => ({
        id: accountId,
        isSame: (shown) => isSameAccount(shown, identityId, writtenNames(state)),
      })),
      reading,
    );
    const [position = -1] = probe.same;
    const same = known[position];
    if (same !== undefined && probe.proven) await this.join(same.state.place);
    else if (!probe.unclear) await this.part();
  }

  /** Once it is proven. */
  private async reopen(): Promise<void> {
    if (this.reopened || !this.here.proven) return;
    this.reopened = true;
    const { connector, place, places, now } = this.options;
    await places.reopenUnplaced(connector, place, now());
  }

  private async part(): Promise<void> {
    const { connector, place, places } = this.options;
    await places.part(connector, place);
    await this.reload();
    this.answered = true;
  }

  /** An account of that place was found here: both are the same place. */
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

  /** Was this account's data found at this place? Null: before places were stored. */
  holds(known: string | null): boolean {
    return this.rootOf(known) === this.here.root;
  }

  get proven(): boolean {
    return this.here.proven;
  }

  /** Does an account that is not found here count as gone? Yes if a person confirmed this place, or if it is proven to be the place of the account. */
  isMeant(known: string | null): boolean {
    return this.here.confirmed || (this.here.proven && this.holds(known));
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

  /** Part of the fingerprint of the desired state: at another place each account is checked again. */
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
  'the account is not at this address, and nothing proves that this is the same application: correct the connector (POST …/test says what is wrong), or confirm the place with POST …/confirm-place';
const missing =
  'the application does not know the id of this account: it counts as gone if this is still so in a minute';
