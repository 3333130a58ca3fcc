/** When the application last did what was asked, so that an account in trouble can be told from an application in trouble. */
export class LastSuccess {
  /** The last two different accounts, the newest first. */
  private last: readonly { readonly identityId: string; readonly atMs: number }[] = [];

  record(identityId: string, atMs: number): void {
    this.last = [{ identityId, atMs }, ...this.last.filter((one) => one.identityId !== identityId)].slice(0, 2);
  }

  /** For an account other than this one; null for never. */
  ofOthersMs(identityId: string): number | null {
    return this.last.find((one) => one.identityId !== identityId)?.atMs ?? null;
  }
}
