/** Of so many turns one goes to work that is less urgent: none waits without end while more urgent work goes on coming. */
const fairEvery = 8;

/** Whose turn it is, where several levels of urgency wait: the most urgent first, and now and then one of the others in turn. */
export class Turns {
  private taken = 0;
  private given = 0;

  /** @param waiting levels at which something waits, the most urgent first; at least one */
  next<Level>(waiting: readonly [Level, ...Level[]]): Level {
    const [first, ...others] = waiting;
    if (others.length === 0) return first;
    this.taken += 1;
    if (this.taken % fairEvery !== 0) return first;
    this.given += 1;
    return others[this.given % others.length] ?? first;
  }
}
