import type { Priority } from '../../accounts/desired-rows.js';

/** Fewest and most calls at a time that the hub chooses by itself (design §9); a connector may set a lower most. */
const fewest = 4;
const startWith = 16;
/** Calls that must go well before one more is tried at a time. */
const growAfter = 20;

/**
 * How many calls an application gets at a time: one more after each run of good answers, half as many after a refusal
 * for load. Whoever must lose access goes before everyone else who waits, and a file of people goes last.
 */
export class Lanes {
  private limit: number;
  private running = 0;
  private good = 0;
  private readonly waiting: Record<Priority, (() => void)[]> = { 0: [], 1: [], 2: [] };

  constructor(private readonly most: number) {
    this.limit = Math.min(startWith, most);
  }

  /** Runs `call` when its turn has come. @param priority the lower number overtakes */
  async run<T>(priority: Priority, call: () => Promise<T>): Promise<T> {
    // Whoever is woken has been given the place already, so that nobody slips in between.
    if (this.running >= this.limit) await new Promise<void>((turn) => this.waiting[priority].push(turn));
    else this.running += 1;
    try {
      return await call();
    } finally {
      this.running -= 1;
      this.next();
    }
  }

  succeeded(): void {
    this.good += 1;
    if (this.good < growAfter || this.limit >= this.most) return;
    this.good = 0;
    this.limit += 1;
    this.next();
  }

  /** The application had too much: half as many from now on. */
  overloaded(): void {
    this.good = 0;
    this.limit = Math.max(Math.min(fewest, this.most), Math.floor(this.limit / 2));
  }

  private next(): void {
    if (this.running >= this.limit) return;
    const turn = this.waiting[0].shift() ?? this.waiting[1].shift() ?? this.waiting[2].shift();
    if (turn === undefined) return;
    this.running += 1;
    turn();
  }
}
