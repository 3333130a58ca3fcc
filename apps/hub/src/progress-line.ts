/** A progress bar on a terminal. Nothing elsewhere, so that logs stay readable. */
export class ProgressLine {
  private shown = false;

  constructor(private readonly out: NodeJS.WriteStream = process.stderr) {}

  /** @param done of `all`, in whatever unit */
  show(what: string, done: number, all: number): void {
    if (!this.out.isTTY) return;
    const share = all === 0 ? 1 : Math.min(done / all, 1);
    const filled = Math.round(share * width);
    this.out.write(
      `\r${what.padEnd(10)} [${'#'.repeat(filled)}${'.'.repeat(width - filled)}] ${String(Math.floor(share * 100)).padStart(3)} %`,
    );
    this.shown = true;
  }

  end(): void {
    if (this.shown) this.out.write('\n');
    this.shown = false;
  }
}

const width = 30;
