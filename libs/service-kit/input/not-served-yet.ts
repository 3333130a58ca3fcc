import { applyDecorators } from '@nestjs/common';
import { ApiHideProperty } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import { RequestProblem } from '#libs/problems/problem.js';
import { Fits } from './validation.js';

const detailOf = (mend: string): string => `is not served yet: ${mend}`;

/**
 * A documented field that is not served yet: refused by name, never ignored silently.
 * @param mend what to do instead
 */
export function NotServedYet(mend = 'leave it out'): PropertyDecorator {
  return applyDecorators(
    ApiHideProperty(),
    IsOptional(),
    Fits('notServedYet', {}, () => false, detailOf(mend)),
  );
}

/**
 * The answer of a documented route that is not served yet: refused by name, so that a client does not take it as
 * served.
 */
export function routeNotServedYet(): RequestProblem {
  return new RequestProblem(404, 'not_served_yet', 'this route is documented but not served yet');
}
