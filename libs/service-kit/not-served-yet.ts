import { applyDecorators } from '@nestjs/common';
import { ApiHideProperty } from '@nestjs/swagger';
import { IsOptional, ValidateBy } from 'class-validator';
import { RequestProblem } from './problem.js';

export const notServedYet = 'is not served yet: leave it out';

/** A documented field that does nothing so far: refused by name, never accepted and ignored. @param mend what to do instead */
export function NotServedYet(mend = 'leave it out'): PropertyDecorator {
  const detail = `is not served yet: ${mend}`;
  return applyDecorators(
    ApiHideProperty(),
    IsOptional(),
    ValidateBy({ name: 'notServedYet', validator: { validate: () => false, defaultMessage: () => detail } }),
  );
}

/** The answer of a documented route of a feature to come: refused by name, so that nobody takes silence for service. */
export function routeNotServedYet(): RequestProblem {
  return new RequestProblem(404, 'not_served_yet', 'this route is documented but not served yet');
}
