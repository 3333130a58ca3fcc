import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { NotFound } from '#libs/problems/problem.js';
import { Accesses } from '../assignments/assignments.exports.js';
import type { LockdownAct } from './lockdown.js';
import { Lockdowns } from './lockdowns.stream.js';
import { type Receipt, receiptsOf } from './receipts.js';

/** The newest lockdown of an identity as the API shows it. */
export interface LockdownView {
  readonly identityId: string;
  readonly status: 'locked' | 'released';
  readonly locked: LockdownAct;
  readonly released: LockdownAct | null;
  readonly receipts: readonly Receipt[];
}

export class GetLockdown extends Query<LockdownView> {
  constructor(readonly identityId: string) {
    super();
  }
}

@QueryHandler(GetLockdown)
export class GetLockdownHandler implements IQueryHandler<GetLockdown> {
  constructor(
    private readonly lockdowns: Lockdowns,
    private readonly accesses: Accesses,
  ) {}

  async execute({ identityId }: GetLockdown): Promise<LockdownView> {
    const { state } = await this.lockdowns.load(identityId);
    if (state === null) throw new NotFound('lockdown of identity', identityId);
    const [access] = await this.accesses.whole([identityId]);
    const { locked, released } = state;
    return {
      identityId,
      status: released === null ? 'locked' : 'released',
      locked,
      released,
      receipts: receiptsOf(locked.at, access?.facts ?? []),
    };
  }
}
