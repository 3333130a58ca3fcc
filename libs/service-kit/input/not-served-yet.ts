import { applyDecorators } from '@nestjs/common';
import { ApiHideProperty } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import { RequestProblem } from '#libs/problems/problem.js';
import { Fits } from './validation.js';

const detailOf = (mend: string): string => `is not served yet: ${mend}`;

/** A documented field that does nothing so far: refused by name, never accepted and ignored. @param mend what to do instead */
export function NotServedYet(mend = 'leave it out'): PropertyDecorator {
  return applyDecorators(
    ApiHideProperty(),
    IsOptional(),
    Fits('notServedYet', {}, () => false, detailOf(mend)),
  );
}

/** The answer of a documented route of a feature to come: refused by name, so that nobody takes silence for service. */
export function routeNotServedYet(): RequestProblem {
  return new RequestProblem(404, 'not_served_yet', 'this route is documented but not served yet');
}
