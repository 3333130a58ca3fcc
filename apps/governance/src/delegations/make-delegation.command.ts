import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { causationOf, type Caller } from '#libs/auth/caller.js';
import { Clock } from '#libs/system/clock.js';
import { InvalidInput, NotFound, type ProblemError } from '#libs/problems/problem.js';
import { isKnownTo } from '../identities/identities.exports.js';
import { People, type Person } from '../people/people.exports.js';
import { DelegatorWithoutIdentity } from './delegation.errors.js';
import { delegate, endDelegation } from './delegation.js';
import { Delegations } from './delegations.stream.js';

export interface DelegationTerms {
  readonly delegateId: string;
  /** The caller, unless given. */
  readonly delegatorId: string | null;
  /** Now, unless given. */
  readonly from: string | null;
  readonly until: string;
  readonly reason: string;
}

/** Delegates the decisions of a person for a time. */
export class MakeDelegation extends Command<void> {
  constructor(
    readonly id: string,
    readonly terms: DelegationTerms,
    readonly caller: Caller,
  ) {
    super();
  }
}

/** Ends a delegation before its time: by its delegator, or a policy administrator. */
export class EndDelegation extends Command<void> {
  constructor(
    readonly id: string,
    readonly caller: Caller,
  ) {
    super();
  }
}

@CommandHandler(MakeDelegation)
export class MakeDelegationHandler implements ICommandHandler<MakeDelegation> {
  constructor(
    private readonly people: People,
    private readonly delegations: Delegations,
    private readonly clock: Clock,
  ) {}

  async execute({ id, terms, caller }: MakeDelegation): Promise<void> {
    const { delegateId, until, reason } = terms;
    const delegatorId = terms.delegatorId ?? caller.identity;
    if (delegatorId === null)
      throw new DelegatorWithoutIdentity(
        'only a caller with an identity can hand over decisions: give delegatorId',
        {},
      );
    const at = this.clock.now();
    const from = terms.from ?? at;
    const { batch } = await this.people.today({ ids: [delegatorId, delegateId] });
    const problems = [
      ...problemsOfPerson('/delegatorId', batch.get(delegatorId), caller),
      ...problemsOfPerson('/delegateId', batch.get(delegateId), caller),
      ...problemsOf({ delegatorId, delegateId, from, until }, terms.delegatorId, caller, at),
    ];
    if (problems.length > 0) throw new InvalidInput(problems);
    const data = { delegationId: id, delegatorId, delegateId, from, until, madeAt: at };
    await this.delegations.transact(id, (state) => delegate(data, reason, state), causationOf(caller));
  }
}

@CommandHandler(EndDelegation)
export class EndDelegationHandler implements ICommandHandler<EndDelegation> {
  constructor(
    private readonly delegations: Delegations,
    private readonly clock: Clock,
  ) {}

  async execute({ id, caller }: EndDelegation): Promise<void> {
    await this.delegations.transact(
      id,
      (state) => {
        const own = state !== null && state.delegatorId === caller.identity;
        if (state === null || (!own && !caller.roles.includes('policy-admin'))) throw new NotFound('delegation', id);
        return endDelegation(this.clock.now(), state);
      },
      causationOf(caller),
    );
  }
}

function problemsOfPerson(pointer: string, { identity: { state } }: Person, caller: Caller): ProblemError[] {
  if (!isKnownTo(caller, state)) return [{ pointer, detail: 'names no known identity: give the id of an identity' }];
  return state.status === 'inactive' ? [{ pointer, detail: 'names a person who has left: name another person' }] : [];
}

function problemsOf(
  { delegatorId, delegateId, from, until }: Record<'delegatorId' | 'delegateId' | 'from' | 'until', string>,
  stated: string | null,
  { identity, roles }: Caller,
  at: string,
): ProblemError[] {
  const problems: ProblemError[] = [];
  if (delegatorId === delegateId)
    problems.push({ pointer: '/delegateId', detail: 'is the delegator: name another person' });
  if (stated !== null && stated !== identity && !roles.includes('policy-admin'))
    problems.push({ pointer: '/delegatorId', detail: 'is another person: only a policy administrator may name one' });
  if (until <= at) problems.push({ pointer: '/until', detail: 'is past: give an instant to come' });
  else if (until <= from) problems.push({ pointer: '/until', detail: 'is not after from: give a later instant' });
  return problems;
}
