import { eventually } from '../support/eventually.js';

/** Time between two hires, in milliseconds. */
const pauseMs = 400;

/** Hires one person after the other until it is ended. Numbers of two loads never meet. */
export class Load {
  readonly hired: string[] = [];
  private running = true;
  private slowestMs = 0;
  private failure: Error | undefined;
  private readonly startedAt = performance.now();
  private readonly ended: Promise<void>;

  /** @param hire rejects when a request was refused for good */
  constructor(private readonly hire: (employeeId: string) => Promise<void>) {
    this.ended = this.run(Math.round(performance.timeOrigin + performance.now()));
  }

  /** Waits for so many more. @throws what a hire failed with */
  async hires(count: number): Promise<void> {
    const goal = this.hired.length + count;
    await eventually(
      () => {
        if (this.failure !== undefined) this.running = false;
        return this.failure !== undefined || this.hired.length >= goal;
      },
      { timeoutMs: 300_000, everyMs: 100 },
    );
    if (this.failure !== undefined) throw this.failure;
  }

  /** @throws what a hire failed with */
  async end(): Promise<void> {
    this.running = false;
    await this.ended;
    if (this.failure !== undefined) throw this.failure;
  }

  /** For the person who reads the run. */
  said(): string {
    const seconds = Math.round((performance.now() - this.startedAt) / 1_000);
    return `${this.hired.length} hires in ${seconds} s; the slowest was answered after ${Math.round(this.slowestMs)} ms`;
  }

  private async run(first: number): Promise<void> {
    try {
      for (let number = first; this.running; number += 1) {
        const sentAt = performance.now();
        await this.hire(String(number));
        this.slowestMs = Math.max(this.slowestMs, performance.now() - sentAt);
        this.hired.push(String(number));
        await new Promise((done) => setTimeout(done, pauseMs));
      }
    } catch (error) {
      this.failure = error instanceof Error ? error : new Error(String(error));
    }
  }
}
