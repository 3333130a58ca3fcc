import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsOptional, IsUUID, Matches } from 'class-validator';
import { connectorIdRule, TriedMappingDto } from '../connectors/connectors.exports.js';

export class ProvisionOnDemandDto extends TriedMappingDto {
  @ApiProperty({ format: 'uuid', description: 'For whom' })
  @IsUUID(undefined, { message: 'must be the id of an identity' })
  readonly identity!: string;

  @ApiPropertyOptional({ default: false, description: 'Show the calls that would be made, and change nothing' })
  @IsOptional()
  @IsBoolean({ message: 'must be true or false' })
  readonly dryRun?: boolean | null;
}

export class OnDemandRunParam {
  @ApiProperty({ example: 'wiki' })
  @Matches(connectorIdRule, { message: 'must match [a-z0-9][a-z0-9-]{0,62}' })
  readonly id!: string;

  @ApiProperty({ format: 'uuid' })
  @IsUUID(undefined, { message: 'must be the id of a run' })
  readonly run!: string;
}
