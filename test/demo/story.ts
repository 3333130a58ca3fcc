/** What the demo prints: chapters, real HTTP calls, and what was found. */
export class Story {
  private readonly failures: string[] = [];
  private held = 0;

  chapter(title: string): void {
    console.log(`\n\x1b[1m${title}\x1b[0m`);
  }

  say(text: string): void {
    console.log(`  ${text}`);
  }

  http(method: string, path: string, status: number, ms: number): void {
    console.log(`  \x1b[2m→ ${method} ${path}  ${status}  (${Math.round(ms)} ms)\x1b[0m`);
  }

  /** Something that must hold; the demo goes on, and ends by naming what did not. */
  check(what: string, ok: boolean, found = ''): void {
    console.log(
      `  ${ok ? '\x1b[32m✓\x1b[0m' : '\x1b[31m✗\x1b[0m'} ${what}${ok || found === '' ? '' : `: found ${found}`}`,
    );
    if (ok) this.held += 1;
    else this.failures.push(what);
  }

  /** Prints the end; true when all held. */
  end(): boolean {
    if (this.failures.length === 0) {
      console.log(`\n\x1b[1mAll ${this.held} things held.\x1b[0m`);
      return true;
    }
    console.log(`\n\x1b[1mThese did not hold:\x1b[0m\n${this.failures.map((f) => `  - ${f}`).join('\n')}`);
    return false;
  }
}
