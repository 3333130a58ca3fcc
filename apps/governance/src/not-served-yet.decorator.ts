import { applyDecorators } from '@nestjs/common';
import { ApiHideProperty } from '@nestjs/swagger';
import { IsOptional, ValidateBy } from 'class-validator';

export const notServedYet = 'is not served yet: leave it out';

/** A documented field that does nothing so far: refused by name, never accepted and ignored. */
export function NotServedYet(): PropertyDecorator {
  return applyDecorators(
    ApiHideProperty(),
    IsOptional(),
    ValidateBy({ name: 'notServedYet', validator: { validate: () => false, defaultMessage: () => notServedYet } }),
  );
}
