import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsInt, IsOptional, IsUUID, Matches, Max, Min } from 'class-validator';
import { connectorIdRule } from '../connectors/connectors.exports.js';

export class AskReadingDto {
  @ApiPropertyOptional({
    minimum: 1,
    maximum: 10_000_000,
    example: 240,
    description: 'So many accounts may be missing, at most: a reading that lost a fifth or more is held otherwise',
  })
  @IsOptional()
  @IsInt({ message: 'must be a whole number of accounts' })
  @Min(1, { message: 'must be a whole number of accounts' })
  @Max(10_000_000, { message: 'must be at most 10000000' })
  readonly confirm?: number | null;
}

export class ReadingParam {
  @ApiProperty({ example: 'wiki' })
  @Matches(connectorIdRule, { message: 'must match [a-z0-9][a-z0-9-]{0,62}' })
  readonly id!: string;

  @ApiProperty({ format: 'uuid' })
  @IsUUID(undefined, { message: 'must be the id of a reading' })
  readonly reading!: string;
}
