import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { applyDecorators } from '@nestjs/common';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsIn,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Matches,
  ValidateNested,
} from 'class-validator';
import { mustBe } from '#libs/service-kit/input/validation.js';
import { type Weekday, weekdays } from '../coverages/coverages.exports.js';
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

/** When the application is read, and what is done about what somebody changed there. */
export class ReconcileDto {
  @ApiPropertyOptional({
    type: String,
    nullable: true,
    example: 'P1D',
    description: 'ISO 8601 duration between two readings. Unless given the application is read only when somebody asks',
  })
  @IsOptional()
  @IsString({ message: 'must be an ISO 8601 duration, for example P1D' })
  readonly every?: string | null;

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

const time = { message: 'must be a time of day as HH:MM, for example 22:00' };

/** Off-peak hours. */
export class WindowDto {
  @ApiProperty({ example: '22:00' })
  @Matches(/^([01]\d|2[0-3]):[0-5]\d$/, time)
  readonly from!: string;

  @ApiProperty({ example: '05:00', description: 'Earlier than from: on the next day' })
  @Matches(/^([01]\d|2[0-3]):[0-5]\d$/, time)
  readonly until!: string;

  @ApiPropertyOptional({ default: 'UTC', example: 'Europe/Zurich' })
  @IsOptional()
  @IsString({ message: 'must be an IANA time zone, for example Europe/Zurich' })
  readonly timeZone?: string | null;

  @ApiPropertyOptional({ enum: weekdays, isArray: true, description: 'Days on which it opens. Unless given: each' })
  @IsOptional()
  @IsArray({ message: 'must be a list of days' })
  @ArrayMinSize(1, { message: 'must name a day' })
  @IsIn([...weekdays], { each: true, ...mustBe(...weekdays) })
  readonly days?: Weekday[] | null;
}

export const WindowField = (): PropertyDecorator =>
  applyDecorators(
    ApiPropertyOptional({
      type: WindowDto,
      nullable: true,
      description:
        'Hours in which readings by schedule begin. It holds nothing else: accounts are changed, and access ends, at any time',
    }),
    IsOptional(),
    IsObject({ message: 'must be an object' }),
    ValidateNested(),
    Type(() => WindowDto),
  );

export const ReconcileField = (): PropertyDecorator =>
  applyDecorators(
    ApiPropertyOptional({ type: ReconcileDto }),
    IsOptional(),
    IsObject({ message: 'must be an object' }),
    ValidateNested(),
    Type(() => ReconcileDto),
  );
