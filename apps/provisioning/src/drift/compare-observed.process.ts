import { Injectable } from '@nestjs/common';
import { isDeepStrictEqual } from 'node:util';
import { entitlementKey, type EntitlementFields, fieldsOf } from '#libs/contracts/entitlement.js';
import { EventStore } from '#libs/event-store/event-store.js';
import type { Loaded } from '#libs/event-store/event-stream.js';
import { firstUuid, uuidv7 } from '#libs/event-store/ids.js';
import type { Lease } from '#libs/event-store/lease.js';
import type { Work } from '#libs/event-store/work.js';
import {
  type Account,
  type AccountEvent,
  AccountRules,
  Accounts,
  desiredChannel,
  makeDue,
  newestDesired,
  park,
} from '../accounts/accounts.exports.js';
import { Database } from '#libs/event-store/database.js';
import type { ConnectorDocument } from '../connectors/connectors.exports.js';
import { compare, type Difference, type HeldNow, type ShownAccountNow } from './compare.js';
import { driftFacts } from './drift-facts.js';
import { remedyOf } from './drift-policy.js';
import { type ComparedRow, DriftStore, type NewDrift, pageSize } from './drift.store.js';

/** A reading that was believed, and what of it is compared. */
export interface ComparedReading {
  readonly connector: string;
  readonly document: ConnectorDocument;
  /** Nobody holds these but who should. */
  readonly authoritative: readonly EntitlementFields[];
  readonly reading: string;
  readonly startedAt: string;
  /** When the first complete reading was over: what was held by then, was there before the hub. Null before that. */
  readonly firstReadAt: string | null;
  /** Kinds of which everything that is held was shown. */
  readonly listed: readonly ('group' | 'role')[];
  readonly lease: Lease;
  readonly now: () => string;
}

/** Compares accounts with what the hub wrote, after a reading; does what the connector says of each difference. */
@Injectable()
export class CompareObserved {
  constructor(
    private readonly rows: DriftStore,
    private readonly accounts: Accounts,
    private readonly store: EventStore,
    private readonly db: Database,
  ) {}

  async run(reading: ComparedReading): Promise<void> {
    const { connector, document, startedAt } = reading;
    if (document.mode !== 'enforce') return;
    const since = await this.rows.comparedFrom(connector);
    let shown: ReadonlySet<string> | null = null;
    let after = firstUuid;
    for (;;) {
      const page = await this.rows.candidates(connector, { since, startedAt, after });
      const last = page.length < pageSize ? undefined : page.at(-1);
      // Reads all observed accounts: once, and only where there is something to compare.
      if (page.length > 0) shown ??= await this.rows.showable(connector);
      await this.page(reading, page, shown ?? nothingShown, last === undefined);
      if (last === undefined) return;
      after = last.identity_id;
    }
  }

  private async page(
    reading: ComparedReading,
    page: readonly ComparedRow[],
    showable: ReadonlySet<string>,
    isLast: boolean,
  ): Promise<void> {
    const { connector, document, startedAt, lease, now } = reading;
    const at = now();
    const loaded = await this.loaded(connector, page);
    const rules = new AccountRules(document);
    const work = this.store.work();
    const changes: Changes = { due: [], parked: [], over: [], again: [], found: [] };
    for (const row of page) {
      const known = loaded.get(Accounts.idOf(row.identity_id, connector));
      if (known !== undefined) this.account(reading, { row, known, rules, showable, at }, changes, work);
    }
    await this.closeAgain(changes.again, lease, at);
    this.rows.close(work, changes.over, at);
    this.rows.open(work, connector, changes.found, { reading: reading.reading, at });
    makeDue(work, changes.due, at);
    park(work, changes.parked, { code: 'inactive', detail: disabledThere, at });
    if (isLast) this.rows.noteCompared(work, connector, startedAt);
    work.under(lease);
    work.onCommitted(() => this.db.notifier.notify(desiredChannel));
    await work.commit();
  }

  /** By a work of its own: one statement cannot close a difference and open another of its kind. */
  private async closeAgain(ids: readonly string[], lease: Lease, at: string): Promise<void> {
    if (ids.length === 0) return;
    const work = this.store.work();
    this.rows.close(work, ids, at);
    work.under(lease);
    await work.commit();
  }

  private account(
    { connector, document, authoritative, reading, listed, firstReadAt }: ComparedReading,
    { row, known, rules, showable, at }: One,
    changes: Changes,
    work: Work,
  ): void {
    const { identity_id: identityId, application, epoch, sequence } = row;
    const byId = document.groups.mode === 'by-id';
    const isAuthoritative = (one: EntitlementFields): boolean =>
      authoritative.some((chosen) => entitlementKey(chosen) === entitlementKey(one));
    const differences = compare({
      goal: rules.goal(newestDesired(identityId, row)),
      known: known.state,
      shown: shownOf(row, firstReadAt, byId),
      showable,
      listed,
      isAuthoritative,
    });
    const still = row.open.filter((open) => differences.some((one) => isSameDrift(open, one)));
    const isKnown = (one: Difference): boolean => still.some((open) => isSameDrift(open, one) && !open.reverted);
    changes.over.push(...row.open.filter((open) => !still.includes(open)).map(({ id }) => id));
    // The hub wrote what is desired, and somebody changed it again.
    changes.again.push(...still.filter(({ reverted }) => reverted).map(({ id }) => id));
    const accountId = known.state.accountId ?? '';
    const found = differences
      .filter((one) => !isKnown(one))
      .map((one): NewDrift => {
        const about = { id: uuidv7(), identityId, application, accountId };
        return { ...one, ...about, policy: remedyOf(one, document.reconcile, isAuthoritative) };
      });
    if (found.length === 0) return;
    const facts = found.flatMap((one): AccountEvent[] =>
      driftFacts(connector, one, known.state, { epoch, sequence }, at),
    );
    const causation = { actor: 'service/provisioning', correlationId: reading, causationId: null };
    this.accounts.stage(work, known, facts, causation);
    changes.found.push(...found);
    if (found.some(({ policy }) => policy === 'revert')) changes.due.push({ application, identityId });
    else if (found.some(({ code }) => code === 'inactive')) changes.parked.push({ application, identityId });
  }

  private async loaded(connector: string, page: readonly ComparedRow[]): Promise<Map<string, Loaded<Account>>> {
    const stored = page.map(({ identity_id, version, fold, state }) => ({
      id: Accounts.idOf(identity_id, connector),
      version,
      fold,
      state,
    }));
    return new Map((await this.accounts.loadRows(stored)).map((one) => [one.id, one]));
  }
}

const nothingShown: ReadonlySet<string> = new Set();
const disabledThere =
  'somebody disabled the account in the application: retry to enable it again, or dismiss to leave it disabled';

interface One {
  readonly row: ComparedRow;
  readonly known: Loaded<Account>;
  readonly rules: AccountRules;
  readonly showable: ReadonlySet<string>;
  readonly at: string;
}

interface Changes {
  readonly due: { readonly application: string; readonly identityId: string }[];
  readonly parked: { readonly application: string; readonly identityId: string }[];
  readonly over: string[];
  /** What was reverted and is there again. */
  readonly again: string[];
  readonly found: NewDrift[];
}

const keyOf = ({ code, target, entitlement }: Pick<Difference, 'code' | 'target' | 'entitlement'>): string =>
  `${code} ${target ?? ''} ${entitlementKey(entitlement)}`;

/** The same value as when it was found: another one is another difference. */
const isSameDrift = (open: ComparedRow['open'][number], one: Difference): boolean =>
  keyOf(open) === keyOf(one) && isDeepStrictEqual(open.observed ?? null, one.observed ?? null);

function shownOf(row: ComparedRow, firstReadAt: string | null, byId: boolean): ShownAccountNow | null {
  if (row.observed_no === null || row.shown === null) return null;
  const holds = row.holds.map(({ kind, id, name, firstSeenAt }): HeldNow => {
    const fromBefore = firstReadAt !== null && Date.parse(firstSeenAt) <= Date.parse(firstReadAt);
    return { entitlement: fieldsOf({ kind, name: byId ? id : (name ?? id) }), id, fromBefore };
  });
  return {
    missing: row.missing === true,
    active: row.active,
    attributes: firstValues(row.shown),
    before: row.before === null ? null : firstValues(row.before),
    holds,
    heldBefore: row.lost,
  };
}

const firstValues = (shown: Readonly<Record<string, readonly unknown[]>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(shown).map(([path, [value]]) => [path, value]));
