import type { BrakeLimits } from './brake.js';

/** Settings of the brake. */
export class BrakeSettings {
  constructor(
    readonly limits: BrakeLimits,
    /** Hours within which a person must decide about a held leaver, from the time when the statement was held. */
    readonly deadlineHours: number,
  ) {}
}

const numbers = {
  HR_BRAKE_PEOPLE: { fallback: 500, least: 1, most: 1_000_000_000 },
  HR_BRAKE_PERCENT: { fallback: 5, least: 0, most: 100 },
  HR_BRAKE_AT_LEAST: { fallback: 10, least: 1, most: 1_000_000_000 },
  HR_BRAKE_DEADLINE_HOURS: { fallback: 24, least: 1, most: 8_760 },
} as const;

/** @throws Error naming every broken setting, never its value */
export function brakeSettings(env: Readonly<Record<string, string | undefined>> = process.env): BrakeSettings {
  const wrong: string[] = [];
  const read = (name: keyof typeof numbers): number => {
    const { fallback, least, most } = numbers[name];
    const raw = env[name];
    const value = raw === undefined || raw === '' ? fallback : Number(raw);
    const whole = name !== 'HR_BRAKE_PERCENT';
    if (!(value >= least && value <= most) || (whole && !Number.isInteger(value)))
      wrong.push(`${name}: must be a ${whole ? 'whole ' : ''}number from ${least} to ${most}`);
    return value;
  };
  const limits = {
    people: read('HR_BRAKE_PEOPLE'),
    percent: read('HR_BRAKE_PERCENT'),
    atLeast: read('HR_BRAKE_AT_LEAST'),
  };
  const settings = new BrakeSettings(limits, read('HR_BRAKE_DEADLINE_HOURS'));
  if (wrong.length > 0) throw new Error(wrong.join('; '));
  return settings;
}
