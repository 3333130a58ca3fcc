import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsObject,
  IsOptional,
  IsString,
  Length,
  ValidateNested,
} from 'class-validator';
import { Fits } from '#libs/service-kit/input/validation.js';

/** A part of the document with fields of its own. */
export const Part = (type: new () => object, description: string): PropertyDecorator =>
  applyDecorators(
    ApiPropertyOptional({ type, description }),
    IsOptional(),
    IsObject({ message: 'must be an object' }),
    ValidateNested(),
    Type(() => type),
  );

const duration = { message: 'must be an ISO 8601 duration, for example P1D' };

/** Of changes that people make. */
export class TaskTimesDto {
  @ApiPropertyOptional({ default: 'P3D', description: 'ISO 8601 duration: until when a task is to be done' })
  @IsOptional()
  @IsString(duration)
  readonly within?: string;

  @ApiPropertyOptional({ default: 'P1D', description: 'ISO 8601 duration: how often people are reminded of it' })
  @IsOptional()
  @IsString(duration)
  readonly remindEvery?: string;
}

const name = { message: 'must be the name of a column' };
const mostColumns = 100;
const isColumns = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  Object.keys(value).length <= mostColumns &&
  Object.values(value).every((column) => typeof column === 'string' && column !== '');

class ActiveColumnDto {
  @ApiProperty({ example: 'Status' })
  @IsString(name)
  @Length(1, 200, name)
  readonly column!: string;

  @ApiProperty({ type: [String], example: ['active'], description: 'Values of an account that may be used' })
  @IsArray({ message: 'must be a list of texts' })
  @ArrayMinSize(1, { message: 'must have a value' })
  @ArrayMaxSize(50, { message: 'must have at most 50 values' })
  @IsString({ each: true, message: 'must be a list of texts' })
  readonly values!: string[];
}

/** How a list of accounts that somebody uploads is read: names of its columns. */
export class AccountFileDto {
  @ApiProperty({ example: 'Login', description: 'The column with the id of the account' })
  @IsString(name)
  @Length(1, 200, name)
  readonly account!: string;

  @ApiPropertyOptional({ type: String, nullable: true, example: 'Login' })
  @IsOptional()
  @IsString(name)
  @Length(1, 200, name)
  readonly userName?: string | null;

  @ApiPropertyOptional({ type: String, nullable: true, example: 'Employee' })
  @IsOptional()
  @IsString(name)
  @Length(1, 200, name)
  readonly externalId?: string | null;

  @ApiPropertyOptional({ type: ActiveColumnDto, description: 'Unless given every account may be used' })
  @IsOptional()
  @IsObject({ message: 'must be an object' })
  @ValidateNested()
  @Type(() => ActiveColumnDto)
  readonly active?: ActiveColumnDto | null;

  @ApiPropertyOptional({ type: String, nullable: true, example: 'Groups' })
  @IsOptional()
  @IsString(name)
  @Length(1, 200, name)
  readonly groups?: string | null;

  @ApiPropertyOptional({ type: String, nullable: true, example: 'Roles' })
  @IsOptional()
  @IsString(name)
  @Length(1, 200, name)
  readonly roles?: string | null;

  @ApiPropertyOptional({ default: ';', description: 'Between the groups, or roles, in one cell' })
  @IsOptional()
  @IsString({ message: 'must be 1 to 5 characters' })
  @Length(1, 5, { message: 'must be 1 to 5 characters' })
  readonly separator?: string;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: { type: 'string' },
    example: { displayName: 'Name' },
    description: 'Columns by attribute path',
  })
  @IsOptional()
  @Fits(
    'columns',
    { type: 'object', maxProperties: mostColumns, additionalProperties: { type: 'string', minLength: 1 } },
    isColumns,
    'must name the columns of attribute paths',
  )
  readonly attributes?: Readonly<Record<string, string>>;

  @ApiPropertyOptional({ default: 'P35D', description: 'ISO 8601 duration: a list that is older is too old' })
  @IsOptional()
  @IsString(duration)
  readonly freshFor?: string;
}
