/** The number of people whom one source may affect in an hour without confirmation. */
export interface BrakeLimits {
  /** The limit as a number of people, whatever the size of the company. */
  readonly people: number;
  /** The limit as a share of the employed people, if at least `atLeast` people are affected. */
  readonly percent: number;
  readonly atLeast: number;
}

/** The time in which changes are counted together, in milliseconds. */
export const slidingHourMs = 3_600_000;

/** Whether this number of people is above the limit, with this number of employed people. */
export function isTooMany(people: number, employed: number, limits: BrakeLimits): boolean {
  if (people > limits.people) return true;
  return people >= limits.atLeast && people * 100 > employed * limits.percent;
}
