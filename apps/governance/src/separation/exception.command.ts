import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { actorId, causationOf, type Caller } from '#libs/auth/caller.js';
import { decideAgainOnConflict } from '#libs/event-store/conflict.js';
import { Database } from '#libs/event-store/database.js';
import { EventStore } from '#libs/event-store/event-store.js';
import { InvalidInput, NotFound } from '#libs/problems/problem.js';
import { Clock } from '#libs/system/clock.js';
import { exceptedRules, noChanges } from '../assignments/assignments.exports.js';
import { isKnownTo } from '../identities/identities.exports.js';
import { People, type Person, Recomputation } from '../people/people.exports.js';
import type { CatalogSnapshot } from '../policy/policy.exports.js';
import { LoadDeciders, reportsToOneOf } from '../requests/requests.exports.js';
import { ownsRule, refuseException, requireOwner } from './granting.js';
import { RuleOwners } from './rule-owners.query.js';
import { ExceptionOver, NotRuleOwner } from './separation.errors.js';
import { exceptionOf } from './separation.query.js';
import { StageApprovers } from './stage-approvers.query.js';

export interface ExceptionTerms {
  /** Of a separation rule, or `package:<id>` for what a package says by `incompatibleWith`. */
  readonly rule: string;
  readonly identityId: string;
  readonly mitigation: string;
  readonly endsAt: string;
}

/** Lets somebody have what a rule separates, until an end. */
export class GrantException extends Command<void> {
  constructor(
    readonly id: string,
    readonly terms: ExceptionTerms,
    readonly caller: Caller,
  ) {
    super();
  }
}

/** Ends an exception before its time. */
export class EndException extends Command<void> {
  constructor(
    readonly id: string,
    readonly caller: Caller,
  ) {
    super();
  }
}

@CommandHandler(GrantException)
export class GrantExceptionHandler implements ICommandHandler<GrantException> {
  constructor(
    private readonly store: EventStore,
    private readonly people: People,
    private readonly recomputation: Recomputation,
    private readonly owners: RuleOwners,
    private readonly approvers: StageApprovers,
    private readonly deciders: LoadDeciders,
    private readonly clock: Clock,
  ) {}

  execute(command: GrantException): Promise<void> {
    return decideAgainOnConflict(() => this.once(command));
  }

  private async once({ id, terms, caller }: GrantException): Promise<void> {
    const { rule, identityId, mitigation, endsAt: until } = terms;
    const at = this.clock.now();
    const { catalog, batch } = await this.people.today({ ids: [identityId, ...idOf(caller)] });
    const person = batch.get(identityId);
    const known = catalog.separation.find(rule);
    const owner = await this.owners.of(caller);
    requireOwner(rule, { ...owner, owners: known?.document.owners ?? [] });
    if (known === undefined) throw new NotFound('separation rule', rule);
    if (person.access.state.exceptions.some(({ exceptionId }) => exceptionId === id)) return;
    refuseTerms(terms, person, caller, at);
    const needed = { beneficiary: person, stages: [], applications: [], others: idOf(caller) };
    const [stageApprovers, deciding] = await Promise.all([
      this.approvers.of(rule, person, catalog),
      this.deciders.for([needed], catalog, at),
    ]);
    const superiors = caller.identity !== null && reportsToOneOf(caller.identity, [identityId], deciding);
    const excepted = exceptedRules(person.access.state, at).has(rule);
    refuseException({ ...owner, rule, owners: known.document.owners, identityId, superiors, stageApprovers, excepted });
    const granted = { exceptionId: id, identityId, rule, grantedBy: actorId(caller.actor), until, mitigation };
    const work = this.store.work();
    const asked = { ...noChanges, exceptions: { granted: [granted], withdrawn: [] } };
    this.people.decide(work, person);
    this.recomputation.stage(work, person, { catalog, causation: causationOf(caller), at, asked });
    this.people.guard(
      work,
      catalog,
      idOf(caller).map((one) => batch.get(one)),
    );
    await work.commit();
  }
}

@CommandHandler(EndException)
export class EndExceptionHandler implements ICommandHandler<EndException> {
  constructor(
    private readonly db: Database,
    private readonly store: EventStore,
    private readonly people: People,
    private readonly recomputation: Recomputation,
    private readonly owners: RuleOwners,
    private readonly clock: Clock,
  ) {}

  execute(command: EndException): Promise<void> {
    return decideAgainOnConflict(() => this.once(command));
  }

  private async once({ id, caller }: EndException): Promise<void> {
    const row = await exceptionOf(this.db, id);
    if (row === null) throw new NotFound('exception', id);
    const { catalog, batch } = await this.people.today({ ids: [row.identity_id] });
    const person = batch.get(row.identity_id);
    await this.refuseOthers(id, row, caller, catalog);
    if (!person.access.state.exceptions.some(({ exceptionId }) => exceptionId === id))
      throw new ExceptionOver('the exception has ended', { exceptionId: id });
    const work = this.store.work();
    const asked = { ...noChanges, exceptions: { granted: [], withdrawn: [id] } };
    const terms = { catalog, causation: causationOf(caller), at: this.clock.now(), asked };
    this.people.decide(work, person);
    this.recomputation.stage(work, person, terms);
    this.people.guard(work, catalog);
    await work.commit();
  }

  /** A caller who may not see the exception learns nothing of it. @throws NotRuleOwner, NotFound */
  private async refuseOthers(
    id: string,
    { rule, identity_id: excepted }: NonNullable<Awaited<ReturnType<typeof exceptionOf>>>,
    caller: Caller,
    catalog: CatalogSnapshot,
  ): Promise<void> {
    const owners = catalog.separation.find(rule)?.document.owners ?? [];
    const owner = await this.owners.of(caller);
    if (owner.isPolicyAdmin || ownsRule({ ...owner, owners })) return;
    if (caller.identity !== excepted && !caller.roles.includes('auditor')) throw new NotFound('exception', id);
    throw new NotRuleOwner('only an owner of the rule, or a policy administrator, may end its exceptions', { rule });
  }
}

const idOf = ({ identity }: Caller): string[] => (identity === null ? [] : [identity]);

/** @throws InvalidInput */
function refuseTerms({ endsAt }: ExceptionTerms, { identity: { state } }: Person, caller: Caller, at: string): void {
  if (!isKnownTo(caller, state))
    throw new InvalidInput([{ pointer: '/identityId', detail: 'names no known identity: give the id of an identity' }]);
  if (state.status === 'inactive')
    throw new InvalidInput([{ pointer: '/identityId', detail: 'names a person who has left: name another person' }]);
  if (endsAt <= at) throw new InvalidInput([{ pointer: '/endsAt', detail: 'is past: give an instant to come' }]);
}
