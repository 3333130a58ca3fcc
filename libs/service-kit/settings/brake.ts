/** How much access one change may remove without confirmation. */
export interface BrakeThresholds {
  /** More people than this, whatever their share. */
  readonly people: number;
  /** This share of all, in percent, if it is at least `least` people. */
  readonly percent: number;
  readonly least: number;
}

/** Whether a change of so many people needs a confirmation. */
export function isPastBrake(loses: number, of: number, { people, percent, least }: BrakeThresholds): boolean {
  return loses > people || (loses >= least && loses * 100 >= percent * of);
}
