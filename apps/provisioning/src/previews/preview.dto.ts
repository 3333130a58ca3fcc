import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsOptional,
  IsString,
  IsUUID,
  Matches,
  MaxLength,
} from 'class-validator';
import { connectorIdRule } from '../connectors/connectors.exports.js';

export class AskPreviewDto {
  @ApiPropertyOptional({
    type: String,
    nullable: true,
    example: 'department eq "Engineering"',
    description: 'A pilot: only people who match it, by the attributes that scope may read',
  })
  @IsOptional()
  @IsString({ message: 'must be a SCIM filter expression' })
  @MaxLength(4000, { message: 'must be at most 4000 characters' })
  readonly filter?: string | null;

  @ApiPropertyOptional({ type: [String], description: 'A pilot: only these people' })
  @IsOptional()
  @IsArray({ message: 'must be a list of ids of identities' })
  @ArrayMinSize(1, { message: 'must have at least one' })
  @ArrayMaxSize(1_000, { message: 'must have at most 1000' })
  @ArrayUnique({ message: 'must name each once' })
  @IsUUID(undefined, { each: true, message: 'must be ids of identities' })
  readonly identities?: string[] | null;
}

export class PreviewParam {
  @ApiProperty({ example: 'wiki' })
  @Matches(connectorIdRule, { message: 'must match [a-z0-9][a-z0-9-]{0,62}' })
  readonly id!: string;

  @ApiProperty({ format: 'uuid' })
  @IsUUID(undefined, { message: 'must be the id of a preview' })
  readonly preview!: string;
}
