import type { SeenExchange } from '#libs/outgoing/seen-exchange.js';

/** Work on one person that somebody asked for. */
export interface Demand {
  readonly identityId: string;
  /** Makes the account due: done when nothing else can take it up before. */
  readonly prepare: () => Promise<void>;
  readonly see: (exchange: SeenExchange) => void;
  /** @param why no work was done; null: it was */
  readonly end: (why: string | null) => void;
  readonly fail: (error: unknown) => void;
}

/** The worker ends: the next one does what is asked. */
export class WorkerEnds extends Error {}

/** What is asked of a worker beside what is due by itself. */
export class Demands {
  private waiting: Demand[] = [];
  private isOver = false;

  constructor(private readonly wake: () => void) {}

  /** Resolves when the work on this person is over, with why none was done; null: it was. @throws WorkerEnds */
  ask(asked: Pick<Demand, 'identityId' | 'prepare' | 'see'>): Promise<string | null> {
    return new Promise((end, fail) => {
      this.again({ ...asked, end, fail });
    });
  }

  /** It could not begin yet. */
  again(demand: Demand): void {
    if (this.isOver) demand.fail(new WorkerEnds('the worker ends'));
    else this.waiting.push(demand);
    this.wake();
  }

  take(): readonly Demand[] {
    const taken = this.waiting;
    this.waiting = [];
    return taken;
  }

  close(): void {
    this.isOver = true;
    for (const demand of this.take()) this.again(demand);
  }
}
