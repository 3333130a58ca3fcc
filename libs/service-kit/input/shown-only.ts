import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import { IsAnyJson } from './validation.js';

/**
 * A field that GET shows and PUT ignores, as SCIM does with read-only attributes (RFC 7644 §3.5.1): a document can be
 * sent back as it was read.
 */
export function ShownOnly(): PropertyDecorator {
  return applyDecorators(
    ApiPropertyOptional({ readOnly: true, description: 'Shown by GET, and ignored here' }),
    IsOptional(),
    IsAnyJson(),
  );
}
