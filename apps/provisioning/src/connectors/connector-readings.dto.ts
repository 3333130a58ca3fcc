import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { applyDecorators } from '@nestjs/common';
import { ArrayMaxSize, IsArray, IsIn, IsObject, IsOptional, IsString, Length, ValidateNested } from 'class-validator';
import { NotServedYet } from '#libs/service-kit/input/not-served-yet.js';
import { mustBe } from '#libs/service-kit/input/validation.js';
import { remedies, type Remedy } from './reconcile-terms.js';

export class AttributeRemedyDto {
  @ApiProperty({ example: 'title', description: 'Path of an attribute, or account, groups or roles' })
  @IsString({ message: 'must be the path of an attribute, or account, groups or roles' })
  @Length(1, 500, { message: 'must have 1 to 500 characters' })
  readonly target!: string;

  @ApiProperty({ enum: [...remedies] })
  @IsIn([...remedies], mustBe(...remedies))
  readonly remediate!: Remedy;
}

/** What is done about what somebody changed in the application. */
export class ReconcileDto {
  @NotServedYet()
  readonly every?: unknown;

  @ApiPropertyOptional({
    enum: [...remedies],
    default: 'report',
    description:
      'report: it is listed; revert: what is desired is written again; adopt: what is there stays until something else is desired; ask: a person decides',
  })
  @IsOptional()
  @IsIn([...remedies], mustBe(...remedies))
  readonly remediate?: Remedy;

  @ApiPropertyOptional({ type: [AttributeRemedyDto], description: 'Where an attribute differs from the rest' })
  @IsOptional()
  @IsArray({ message: 'must be a list' })
  @ArrayMaxSize(200, { message: 'must have at most 200 entries' })
  @ValidateNested({ each: true })
  @Type(() => AttributeRemedyDto)
  readonly attributes?: AttributeRemedyDto[];
}

export const ReconcileField = (): PropertyDecorator =>
  applyDecorators(
    ApiPropertyOptional({ type: ReconcileDto }),
    IsOptional(),
    IsObject({ message: 'must be an object' }),
    ValidateNested(),
    Type(() => ReconcileDto),
  );
