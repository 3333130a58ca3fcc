import { crashPoint } from '#libs/event-store/crash-point.js';
import { CallFailure, isGone } from '#libs/outgoing/failure.js';
import { type Page, reading as readingCall, type ShownAccount, type Target } from '../targets/targets.exports.js';
import { observedFrom } from './observed.js';
import type { KnownNumber, ObservedAccounts } from './observed-accounts.store.js';
import { type Waiting, patiently } from './patient-calls.js';
import { type Doubted, doubtOf } from './plausibility.js';
import { SeenNumbers } from './seen-numbers.js';

export interface ListAccountsOptions extends Waiting {
  readonly connector: string;
  readonly target: Pick<Target, 'accounts'>;
  /** Attribute paths whose values are kept. */
  readonly paths: readonly string[];
  readonly observed: ObservedAccounts;
  /** Calls the application beside all other work. */
  readonly call: <T>(read: () => Promise<T>) => Promise<T>;
  readonly now: () => string;
}

/** What was shown so far. */
export interface Listed {
  pages: number;
  accounts: number;
  added: number;
  changed: number;
  returned: number;
  missing: number;
}

/** Missing accounts that are looked for by their ids, and named. */
const mostLookedFor = 100;

/**
 * Reads the list of accounts of an application once, page by page. Which accounts were shown is kept in one bit for each, so
 * that memory does not grow with their values.
 */
export class ListAccounts {
  readonly counts: Listed = { pages: 0, accounts: 0, added: 0, changed: 0, returned: 0, missing: 0 };
  private readonly seen = new SeenNumbers();
  private repeated = 0;
  private before = 0;
  /** The first that were not shown. */
  notShown: readonly string[] = [];

  constructor(private readonly options: ListAccountsOptions) {}

  /** @returns whether everything was shown; null when no call may be made any more @throws CallFailure */
  async run(onPage: () => Promise<void>): Promise<boolean | null> {
    let page = await this.fetch(null);
    for (;;) {
      const { items, next, complete } = page;
      if (next === null) {
        await this.note(items);
        return complete;
      }
      if (!this.options.mayCall()) return null;
      // It goes in a circle, or moves: the rest proves nothing.
      if (this.repeated > 0) return false;
      // The next page is on its way while this one is compared.
      const [following] = await Promise.all([this.fetch(next), this.note(items)]);
      page = following;
      crashPoint('provisioning.reading-after-page');
      await onPage();
    }
  }

  /** Why what was shown is not believed; null where it is. @param expected accounts that were there before */
  async doubt(
    complete: boolean,
    { expected, startedAt, confirmed }: { expected: number; startedAt: string; confirmed: number | null },
  ): Promise<Doubted | null> {
    const lost = await this.lost(startedAt);
    this.before = expected + lost.unobserved;
    this.counts.missing = lost.count;
    this.notShown = lost.first;
    const isClear = complete && this.repeated === 0 && lost.count < Math.max(2, this.before / 5);
    const there = isClear ? await this.stillThere(lost.first) : [];
    return doubtOf({
      complete,
      repeated: this.repeated,
      before: this.before,
      missing: lost.count,
      there,
      confirmed,
    });
  }

  /** What was not shown counts as gone from now on. */
  async conclude(): Promise<void> {
    const { observed, connector, now } = this.options;
    let after = 0;
    for (;;) {
      const page = await observed.numbers(connector, after);
      const missed = page.filter(({ no }) => !this.seen.has(no)).map(({ no }) => no);
      await observed.miss(connector, missed, now());
      const last = page.at(-1);
      if (last === undefined) return;
      after = last.no;
    }
  }

  private async fetch(cursor: string | null): Promise<Page<ShownAccount>> {
    const { target, call } = this.options;
    return await patiently(() => call(() => target.accounts.list(cursor, readingCall)), this.options);
  }

  private async note(items: readonly ShownAccount[]): Promise<void> {
    const { observed, connector, paths, now } = this.options;
    const once = new Map(items.map((item) => [item.id, observedFrom(item, paths)]));
    const noted = await observed.note(connector, [...once.values()], now());
    const again = noted.numbers.filter(({ no }) => !this.seen.add(no)).length;
    this.repeated += again + items.length - once.size;
    this.counts.pages += 1;
    this.counts.accounts = this.seen.count;
    this.counts.added += noted.added;
    this.counts.changed += noted.changed;
    this.counts.returned += noted.returned;
  }

  /** Accounts that were there, or that the hub keeps, and were not shown. */
  private async lost(startedAt: string): Promise<{ count: number; unobserved: number; first: readonly string[] }> {
    const { observed, connector } = this.options;
    const first: string[] = [];
    let count = 0;
    const miss = (accounts: readonly Pick<KnownNumber, 'accountId'>[]): void => {
      count += accounts.length;
      first.push(...accounts.slice(0, mostLookedFor - first.length).map(({ accountId }) => accountId));
    };
    let after = 0;
    for (;;) {
      const page = await observed.numbers(connector, after);
      miss(page.filter(({ no }) => !this.seen.has(no)));
      const last = page.at(-1);
      if (last === undefined) break;
      after = last.no;
    }
    const unobserved = await this.unobserved(startedAt, miss);
    return { count, unobserved, first };
  }

  /** Accounts that the hub keeps and that no reading has shown. */
  private async unobserved(
    startedAt: string,
    miss: (accounts: readonly { readonly accountId: string }[]) => void,
  ): Promise<number> {
    const { observed, connector } = this.options;
    let unobserved = 0;
    let after = '';
    for (;;) {
      const page = await observed.kept(connector, startedAt, after);
      const never = page.filter(({ no }) => no === null);
      unobserved += never.length;
      miss(never);
      const last = page.at(-1);
      if (last === undefined) return unobserved;
      after = last.accountId;
    }
  }

  private async stillThere(accounts: readonly string[]): Promise<string[]> {
    const there: string[] = [];
    for (const id of accounts) if (await this.isThere(id)) there.push(id);
    return there;
  }

  private async isThere(id: string): Promise<boolean> {
    const { target, call } = this.options;
    try {
      await patiently(() => call(() => target.accounts.read(id, readingCall)), this.options);
      return true;
    } catch (error) {
      if (error instanceof CallFailure && isGone(error)) return false;
      throw error;
    }
  }
}
