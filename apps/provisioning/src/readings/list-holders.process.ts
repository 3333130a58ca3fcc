import { isGone } from '#libs/outgoing/failure.js';
import type { DiscoveredKind, DiscoveryRuns } from '../discovery/discovery.exports.js';
import { type EntitlementTarget, type Page, reading as readingCall } from '../targets/targets.exports.js';
import type { ObservedAccounts } from './observed-accounts.store.js';
import type { ObservedHoldings } from './observed-holdings.store.js';
import { type Waiting, patiently } from './patient-calls.js';
import { SeenNumbers } from './seen-numbers.js';

export interface ListHoldersOptions extends Waiting {
  readonly connector: string;
  readonly kind: DiscoveredKind;
  readonly source: EntitlementTarget;
  readonly runs: DiscoveryRuns;
  readonly observed: ObservedAccounts;
  readonly holdings: ObservedHoldings;
  readonly call: <T>(read: () => Promise<T>) => Promise<T>;
  readonly now: () => string;
}

/** Entitlements taken from the table by one query. */
const pageSize = 500;

/** Reads who holds the entitlements of one kind: by entitlement, or by account where the application shows only that. */
export class ListHolders {
  /** Holdings shown. */
  count = 0;
  private whole = true;

  constructor(private readonly options: ListHoldersOptions) {}

  /** @returns whether everything was shown; null when no call may be made any more @throws CallFailure */
  async run(): Promise<boolean | null> {
    const { allHolders, heldBy } = this.options.source;
    if (allHolders !== null) return await this.byEntitlement(allHolders);
    return heldBy === null ? false : await this.byAccount(heldBy);
  }

  private async byEntitlement(allHolders: NonNullable<EntitlementTarget['allHolders']>): Promise<boolean | null> {
    const { runs, connector, kind, mayCall } = this.options;
    let after = '';
    for (;;) {
      const ids = await runs.present(connector, kind, after, pageSize);
      for (const id of ids) {
        if (!mayCall()) return null;
        await this.holdersOf(id, allHolders);
      }
      after = ids.at(-1) ?? '';
      if (ids.length < pageSize) return this.whole;
    }
  }

  private async holdersOf(id: string, allHolders: NonNullable<EntitlementTarget['allHolders']>): Promise<void> {
    const { holdings, connector, kind, now } = this.options;
    const seen = new SeenNumbers();
    const complete = await this.pages(
      (cursor) => allHolders(id, cursor, readingCall),
      async (accounts) => {
        const numbers = await holdings.numbersOf(connector, accounts);
        for (const number of numbers) seen.add(number);
        await holdings.note({ connector, kind, id }, numbers, now());
      },
    );
    this.count += seen.count;
    if (complete !== true) {
      // Deleted between the list and this call: the next reading tells.
      this.whole &&= complete === null;
      return;
    }
    await this.dropOthers(id, seen);
  }

  private async dropOthers(id: string, seen: SeenNumbers): Promise<void> {
    const { holdings, connector, kind, now } = this.options;
    let after = 0;
    for (;;) {
      const page = await holdings.holders({ connector, kind, id }, after);
      await holdings.drop(
        { connector, kind, id },
        page.filter((one) => !seen.has(one)),
        now(),
      );
      const last = page.at(-1);
      if (last === undefined) return;
      after = last;
    }
  }

  private async byAccount(heldBy: NonNullable<EntitlementTarget['heldBy']>): Promise<boolean | null> {
    const { observed, connector, mayCall } = this.options;
    let after = 0;
    for (;;) {
      const page = await observed.numbers(connector, after);
      for (const account of page) {
        if (!mayCall()) return null;
        await this.heldByAccount(account, heldBy);
      }
      const last = page.at(-1);
      if (last === undefined) return this.whole;
      after = last.no;
    }
  }

  private async heldByAccount(
    { accountId, no }: { readonly accountId: string; readonly no: number },
    heldBy: NonNullable<EntitlementTarget['heldBy']>,
  ): Promise<void> {
    const { holdings, connector, kind, now } = this.options;
    const held = new Set<string>();
    const complete = await this.pages(
      (cursor) => heldBy(accountId, cursor, readingCall),
      (ids) => {
        for (const id of ids) held.add(id);
        return Promise.resolve();
      },
    );
    this.count += held.size;
    if (complete === null) return;
    this.whole &&= complete;
    const before = new Set(await holdings.held(connector, kind, no));
    for (const id of held) if (!before.has(id)) await holdings.note({ connector, kind, id }, [no], now());
    if (!complete) return;
    for (const id of before) if (!held.has(id)) await holdings.drop({ connector, kind, id }, [no], now());
  }

  /** @returns whether all pages were shown; null where what was asked for is gone */
  private async pages(
    fetch: (cursor: string | null) => Promise<Page<string>>,
    take: (ids: readonly string[]) => Promise<void>,
  ): Promise<boolean | null> {
    const { call } = this.options;
    let cursor: string | null = null;
    try {
      for (;;) {
        const from: string | null = cursor;
        const { items, next, complete }: Page<string> = await patiently(() => call(() => fetch(from)), this.options);
        await take(items);
        if (next === null) return complete;
        cursor = next;
      }
    } catch (error) {
      if (isGone(error)) return null;
      throw error;
    }
  }
}
