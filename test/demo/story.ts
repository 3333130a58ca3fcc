import { styleText } from 'node:util';

/** Longest body shown with a call, in characters. */
const bodyShown = 160;

/** What the demo prints: chapters, real HTTP calls, and what was found. Colours only where the terminal has them. */
export class Story {
  private readonly failures: string[] = [];
  private held = 0;

  chapter(title: string): void {
    console.log(`\n${styleText('bold', title)}`);
  }

  say(text: string): void {
    for (const line of text.split('\n')) console.log(`  ${line}`);
  }

  /** One call as it was made, and its answer. */
  http(method: string, path: string, body: unknown, status: number, ms: number): void {
    console.log(styleText('dim', `  → ${method} ${path}  ${status}  (${Math.round(ms)} ms)`));
    if (body === undefined) return;
    const text = typeof body === 'string' ? `${body.split('\n', 1).join()} …` : JSON.stringify(body);
    console.log(styleText('dim', `    ${text.length > bodyShown ? `${text.slice(0, bodyShown)}…` : text}`));
  }

  /** Something that must hold; the demo goes on, and ends by naming what did not. `found` is shown when it does not. */
  check(what: string, ok: boolean, found = ''): void {
    const mark = ok ? styleText('green', '✓') : styleText('red', '✗');
    console.log(`  ${mark} ${what}${ok || found === '' ? '' : `: found ${found}`}`);
    if (ok) this.held += 1;
    else this.failures.push(what);
  }

  /** Prints the end; true when all held. */
  end(): boolean {
    if (this.failures.length === 0) {
      console.log(`\n${styleText('bold', `All ${this.held} things held.`)}`);
      return true;
    }
    console.log(
      `\n${styleText('bold', 'These did not hold:')}\n${this.failures.map((failure) => `  - ${failure}`).join('\n')}`,
    );
    return false;
  }
}
