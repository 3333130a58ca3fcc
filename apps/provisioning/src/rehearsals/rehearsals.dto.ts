import { ApiProperty, ApiPropertyOptional, OmitType } from '@nestjs/swagger';
import { IsObject, IsOptional, IsString, IsUUID, Length, Matches } from 'class-validator';
import { PageQuery } from '#libs/service-kit/input/page.js';
import { connectorIdRule } from '../connectors/connectors.exports.js';

const nameRule = { message: 'must be a name of 1 to 256 characters' };

export class RehearseDto {
  @ApiPropertyOptional({ description: 'A group of the application that the test account joins and leaves' })
  @IsOptional()
  @IsString(nameRule)
  @Length(1, 256, nameRule)
  readonly group?: string | null;

  @ApiPropertyOptional({ description: 'A role of the application that the test account gets and loses' })
  @IsOptional()
  @IsString(nameRule)
  @Length(1, 256, nameRule)
  readonly role?: string | null;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    example: { department: 'IT', country: 'NL' },
    description: 'Attributes of the test identity that the mapping reads, by the names of a worker’s fields',
  })
  @IsOptional()
  @IsObject({ message: 'must be an object of attributes' })
  readonly attributes?: Record<string, unknown> | null;
}

export class RehearsalParam {
  @ApiProperty({ example: 'wiki' })
  @Matches(connectorIdRule, { message: 'must match [a-z0-9][a-z0-9-]{0,62}' })
  readonly id!: string;

  @ApiProperty({ format: 'uuid' })
  @IsUUID(undefined, { message: 'must be the id of a rehearsal' })
  readonly rehearsal!: string;
}

export class RehearsalsQuery extends OmitType(PageQuery, ['filter']) {}
