import { FilterError } from '#libs/scim/filter/filter.js';
import { InvalidInput } from './problem.js';

/** Reads a filter somebody sent. @throws InvalidInput naming the field it came in */
export function filterInput<T>(pointer: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof FilterError)) throw error;
    throw new InvalidInput([{ pointer, detail: `is no filter this field takes: ${error.message}` }]);
  }
}
