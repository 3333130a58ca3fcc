/** How many people one source may touch in an hour without confirmation. */
export interface BrakeLimits {
  /** More than so many people are too many, whatever the size of the company. */
  readonly people: number;
  /** More than this share of those employed, if they are `atLeast` so many. */
  readonly percent: number;
  readonly atLeast: number;
}

/** Changes count together for so long, in milliseconds. */
export const slidingHourMs = 3_600_000;

/** Whether so many people of so many employed are too many. */
export function isTooMany(people: number, employed: number, limits: BrakeLimits): boolean {
  if (people > limits.people) return true;
  return people >= limits.atLeast && people * 100 > employed * limits.percent;
}
