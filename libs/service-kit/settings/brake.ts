/** How much may be taken away at once before a person has to say that it is meant. */
export interface BrakeThresholds {
  /** More people than this, whatever their share. */
  readonly people: number;
  /** This share of all, in percent, if it is at least `least` people. */
  readonly percent: number;
  readonly least: number;
}

/** Whether so many of all are as many as the thresholds allow nobody to take away unasked. */
export function isPastBrake(loses: number, of: number, { people, percent, least }: BrakeThresholds): boolean {
  return loses > people || (loses >= least && loses * 100 >= percent * of);
}
