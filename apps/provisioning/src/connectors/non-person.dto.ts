import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { applyDecorators } from '@nestjs/common';
import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsIn, IsOptional, IsString, ValidateNested } from 'class-validator';
import { mustBe } from '#libs/service-kit/input/validation.js';
import { type NonPersonKind, nonPersonKinds } from './non-persons.js';

const mostNamed = 1_000;

/** Accounts that are no person's. */
export class NonPersonDto {
  @ApiProperty({ enum: [...nonPersonKinds] })
  @IsIn([...nonPersonKinds], mustBe(...nonPersonKinds))
  readonly kind!: NonPersonKind;

  @ApiPropertyOptional({ type: [String], description: 'Ids or user names' })
  @IsOptional()
  @IsArray({ message: 'must be a list' })
  @ArrayMaxSize(mostNamed, { message: 'must have at most 1000 entries' })
  @IsString({ each: true, message: 'must be a list of ids or user names' })
  readonly accounts?: string[];

  @ApiPropertyOptional({ type: String, nullable: true, example: 'userName sw "svc-"' })
  @IsOptional()
  @IsString({ message: 'must be a filter' })
  readonly filter?: string | null;
}

/** The list of a document. */
export const NonPersonList = (): PropertyDecorator =>
  applyDecorators(
    ApiPropertyOptional({
      type: [NonPersonDto],
      example: [{ kind: 'service', filter: 'userName sw "svc-"' }],
      description: 'Accounts of services, shared ones, built-in ones, those of vendors: no person is looked for',
    }),
    IsOptional(),
    IsArray({ message: 'must be a list' }),
    ArrayMaxSize(100, { message: 'must have at most 100 entries' }),
    ValidateNested({ each: true }),
    Type(() => NonPersonDto),
  );
