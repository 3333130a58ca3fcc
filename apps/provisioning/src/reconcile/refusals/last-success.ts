/** When the application last succeeded. It distinguishes a failing account from a failing application. */
export class LastSuccess {
  /** The last two different accounts, the newest first. */
  private last: readonly { readonly identityId: string; readonly atMs: number }[] = [];

  record(identityId: string, atMs: number): void {
    this.last = [{ identityId, atMs }, ...this.last.filter((one) => one.identityId !== identityId)].slice(0, 2);
  }

  /** For another account than this one; null for never. */
  ofOthersMs(identityId: string): number | null {
    return this.last.find((one) => one.identityId !== identityId)?.atMs ?? null;
  }
}
