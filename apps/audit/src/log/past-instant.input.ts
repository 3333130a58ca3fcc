import { utcOf } from '#libs/service-kit/input/instant.js';
import { InvalidInput } from '#libs/problems/problem.js';

/** An instant of a question, in UTC. @throws InvalidInput for one in the future */
export function pastInstant(pointer: string, text: string, now: string): string {
  const instant = utcOf(text);
  if (instant > now)
    throw new InvalidInput([{ pointer, detail: `is in the future: the log knows the past only; now is ${now}` }]);
  return instant;
}
