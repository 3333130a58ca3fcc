import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type Causation, DomainError } from '#libs/event-store/core.js';
import { uuidv7 } from '#libs/event-store/ids.js';
import { RequestProblem } from '#libs/problems/problem.js';
import { Timers } from '#libs/service-kit/timers/timers.js';
import { Clock } from '#libs/system/clock.js';
import { Accesses, type StepCode, transferAnswered } from '../assignments/assignments.exports.js';
import { governanceActor, People, workflowTransfer } from '../people/people.exports.js';
import { Succeed } from '../succession/succession.exports.js';

/** Transfers what somebody owns and approves to their manager, where a step of a workflow says so. A crash does it again. */
@Injectable()
export class TransferOwnership implements OnModuleInit {
  constructor(
    private readonly timers: Timers,
    private readonly people: People,
    private readonly accesses: Accesses,
    private readonly succeed: Succeed,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.timers.handle(workflowTransfer, async (due) => {
      for (const { key } of due) await this.transferOf(key);
    });
  }

  private async transferOf(identityId: string): Promise<void> {
    const { state } = await this.accesses.load(identityId);
    for (const { step, recipient } of state.workflows.acting) {
      if (step.action !== 'transfer-ownership' || recipient === null) continue;
      const causation = { actor: governanceActor, correlationId: uuidv7(), causationId: null };
      const code = await this.transfer(identityId, recipient, causation);
      await this.accesses.transact(
        identityId,
        ({ workflows }) => transferAnswered(step.stepId, code, identityId, workflows, this.clock.now()),
        causation,
      );
    }
  }

  /** Why it failed; null: it did not. */
  private async transfer(from: string, to: string, causation: Causation): Promise<StepCode | null> {
    const { batch } = await this.people.today({ ids: [to] });
    const { status } = batch.get(to).identity.state;
    if (status === 'absent' || status === 'inactive') return 'no_manager';
    try {
      await this.succeed.transfer(from, to, causation);
      return null;
    } catch (error) {
      if (!(error instanceof RequestProblem || error instanceof DomainError)) throw error;
      return 'transfer_refused';
    }
  }
}
