import { utcOf } from '#libs/service-kit/input/instant.js';
import { InvalidInput } from '#libs/problems/problem.js';

/** An instant that a question names, in UTC. @throws InvalidInput for one to come: the log knows what was */
export function pastInstant(pointer: string, text: string, now: string): string {
  const instant = utcOf(text);
  if (instant > now)
    throw new InvalidInput([{ pointer, detail: `is to come: the log knows what was, and it is ${now}` }]);
  return instant;
}
