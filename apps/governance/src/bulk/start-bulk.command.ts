import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { Caller } from '#libs/auth/caller.js';
import { EventStore } from '#libs/event-store/event-store.js';
import { InvalidInput, NotFound } from '#libs/problems/problem.js';
import { filterInput } from '#libs/service-kit/input/filter-input.js';
import { isPastBrake } from '#libs/service-kit/settings/brake.js';
import { ServiceSettings } from '#libs/service-kit/settings/settings.js';
import { Clock } from '#libs/system/clock.js';
import { parseIdentityFilter } from '../identities/identities.exports.js';
import { CurrentCatalog, foundApplication, foundGrant, foundPackageId } from '../policy/policy.exports.js';
import type { BulkAction, BulkTerms } from './bulk-change.js';
import { BulkChanges, type AskedRow, type BulkChange } from './bulk-changes.store.js';
import { BulkJob } from './bulk-job.process.js';
import { BulkPeople } from './bulk-people.query.js';
import { mostRows, type FileRow } from './bulk-rows.input.js';
import { BulkEmpty, BulkNotReady, BulkTakesAccess } from './bulk.errors.js';

interface FilteredRows {
  readonly packageId: string;
  readonly filter: string;
}

/** Prepares a bulk change: its rows are decided as a preview, and nothing is done yet, unless somebody has seen a preview of them before. */
export class StartBulk extends Command<void> {
  constructor(
    readonly id: string,
    readonly terms: BulkTerms & { readonly endsAt: string | null },
    readonly rows: FilteredRows | readonly FileRow[],
    readonly caller: Caller,
    readonly begins: 'preview' | 'running' = 'preview',
  ) {
    super();
  }
}

/** Its author lets a bulk change be done, or ends it. */
export class ApplyBulk extends Command<void> {
  constructor(
    readonly id: string,
    readonly confirm: number | null,
    readonly caller: Caller,
  ) {
    super();
  }
}

export class CancelBulk extends Command<void> {
  constructor(
    readonly id: string,
    readonly caller: Caller,
  ) {
    super();
  }
}

@CommandHandler(StartBulk)
export class StartBulkHandler implements ICommandHandler<StartBulk> {
  constructor(
    private readonly store: EventStore,
    private readonly changes: BulkChanges,
    private readonly people: BulkPeople,
    private readonly catalog: CurrentCatalog,
    private readonly job: BulkJob,
    private readonly clock: Clock,
  ) {}

  /** @throws InvalidInput, BulkEmpty */
  async execute({ id, terms, rows, caller, begins }: StartBulk): Promise<void> {
    if ((await this.changes.find(id)) !== null) return;
    const asked = isFiltered(rows) ? await this.filtered(rows, terms) : await this.named(rows, terms);
    if (asked.length === 0) throw new BulkEmpty('it names nobody: nothing is to be changed', {});
    const { action, reason } = terms;
    const administers = caller.roles.includes('policy-admin');
    const createdAt = this.clock.now();
    const work = this.store.work();
    const change = { id, action, reason, actor: caller.actor, administers, createdAt };
    this.changes.start(work, { ...change, status: begins, finishedAt: null }, asked);
    this.job.next(work, id);
    await work.commit();
  }

  private async filtered({ packageId, filter }: FilteredRows, terms: StartBulk['terms']): Promise<AskedRow[]> {
    const { action, endsAt } = terms;
    if (action === 'extend' && endsAt === null)
      throw new InvalidInput([{ pointer: '/endsAt', detail: 'is missing: give the later end' }]);
    filterInput('/filter', () => parseIdentityFilter(filter));
    if (packageId.startsWith('as-found:')) return await this.found({ packageId, filter }, action);
    if ((await this.catalog.current()).accessPackage(packageId) === undefined)
      throw new InvalidInput([{ pointer: '/packageId', detail: `names no access package: there is no ${packageId}` }]);
    const ids = await this.matching(filter, packageId, action);
    refuseMany(ids.length);
    return ids.map((identityId, index) => ({
      line: index + 1,
      identityId,
      packageId,
      endsAt,
      code: null,
      detail: null,
    }));
  }

  private async matching(filter: string, packageId: string, action: BulkAction): Promise<string[]> {
    if (action !== 'replace')
      return await this.people.matching(filter, action === 'assign' ? null : packageId, mostRows + 1);
    const grants = (await this.catalog.current()).grantsOf(packageId);
    const found = grants.map((grant) => foundPackageId(grant.application, grant));
    return await this.people.finding(filter, found, mostRows + 1);
  }

  /** What was found: one thing, or everything in an application that nobody has certified. */
  private async found({ packageId, filter }: FilteredRows, action: BulkAction): Promise<AskedRow[]> {
    const application = foundApplication(packageId) ?? foundGrant(packageId)?.application;
    if (
      application === undefined ||
      (await this.catalog.current()).documentOf('application', application) === undefined
    )
      throw new InvalidInput([
        { pointer: '/packageId', detail: `names nothing that was found: there is no ${packageId}` },
      ]);
    if (action !== 'certify' && action !== 'revoke')
      throw new InvalidInput([{ pointer: '/action', detail: 'is certify or revoke for what was found' }]);
    const held = await this.people.holdingFound(filter, packageId, mostRows + 1);
    refuseMany(held.length);
    return held.map((one, index) => ({ line: index + 1, ...one, endsAt: null, code: null, detail: null }));
  }

  private async named(rows: readonly FileRow[], { action, endsAt: usual }: StartBulk['terms']): Promise<AskedRow[]> {
    const numbers = await this.people.numbered(rows.flatMap(({ employeeId }) => employeeId ?? []));
    return rows.map(({ line, identityId: stated, employeeId, packageId, endsAt: own, problem }) => {
      const identityId = stated ?? numbers.get(employeeId ?? '') ?? null;
      const endsAt = own ?? usual;
      const detail = problem ?? problemOf(identityId, action === 'extend' && endsAt === null);
      return { line, identityId, packageId, endsAt, code: detail === null ? null : 'invalid_input', detail };
    });
  }
}

/** @throws InvalidInput */
function refuseMany(rows: number): void {
  if (rows > mostRows)
    throw new InvalidInput([{ pointer: '/filter', detail: `matches more than ${mostRows} people: do it in parts` }]);
}

function problemOf(identityId: string | null, lacksEnd: boolean): string | null {
  if (identityId === null) return 'employeeId names nobody who is here';
  return lacksEnd ? 'endsAt is missing: give the later end' : null;
}

const isFiltered = (rows: StartBulk['rows']): rows is FilteredRows => 'filter' in rows && 'packageId' in rows;

@CommandHandler(ApplyBulk)
export class ApplyBulkHandler implements ICommandHandler<ApplyBulk> {
  constructor(
    private readonly store: EventStore,
    private readonly changes: BulkChanges,
    private readonly job: BulkJob,
    private readonly settings: ServiceSettings,
    private readonly clock: Clock,
  ) {}

  /** @throws NotFound, BulkNotReady, BulkTakesAccess */
  async execute({ id, confirm, caller }: ApplyBulk): Promise<void> {
    const change = ownChange(await this.changes.find(id), id, caller);
    if (change.status !== 'ready') throw notReady(change);
    const { loses, holders } = await this.changes.losses(id);
    const past = change.action === 'revoke' && isPastBrake(loses, holders, this.settings.policyBrake);
    if (past && (confirm === null || loses > confirm)) throw new BulkTakesAccess(id, loses, holders);
    const work = this.store.work();
    this.changes.move(work, id, 'ready', 'running', this.clock.now());
    this.job.next(work, id);
    await work.commit();
  }
}

@CommandHandler(CancelBulk)
export class CancelBulkHandler implements ICommandHandler<CancelBulk> {
  constructor(
    private readonly store: EventStore,
    private readonly changes: BulkChanges,
    private readonly clock: Clock,
  ) {}

  /** @throws NotFound, BulkNotReady */
  async execute({ id, caller }: CancelBulk): Promise<void> {
    const change = ownChange(await this.changes.find(id), id, caller);
    if (change.status === 'completed' || change.status === 'cancelled') throw notReady(change);
    const work = this.store.work();
    this.changes.move(work, id, change.status, 'cancelled', this.clock.now());
    await work.commit();
  }
}

/** Only who made it acts on it. @throws NotFound */
function ownChange(change: BulkChange | null, id: string, { actor }: Caller): BulkChange {
  if (change?.actor !== actor) throw new NotFound('bulk change', id);
  return change;
}

const notReady = ({ id, status }: BulkChange): BulkNotReady =>
  new BulkNotReady(
    status === 'preview' ? 'its preview is not finished: wait until its status is ready' : `it is ${status}`,
    { bulkId: id },
  );
