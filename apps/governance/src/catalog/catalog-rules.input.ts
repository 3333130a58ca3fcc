import { Fits } from '#libs/service-kit/input/validation.js';
import { isDuration } from '../policy/policy.exports.js';

/** What an id that an administrator chooses is made of. */
export const anId = {
  message: 'must be lower-case letters, digits and hyphens, at most 63, beginning with a letter or digit',
};

/** The longest grace. */
export const maxGraceDays = 3660;
export const aNumberOfDays = { message: `must be a whole number of days from 0 to ${maxGraceDays}` };

export const IsDuration = (): PropertyDecorator =>
  Fits(
    'duration',
    { type: 'string', format: 'duration' },
    (value) => typeof value === 'string' && isDuration(value),
    'must be an ISO 8601 duration such as P3D or PT8H',
  );
