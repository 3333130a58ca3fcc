import { ApiProperty } from '@nestjs/swagger';
import { IsUUID, Matches } from 'class-validator';
import { connectorIdRule } from '../connectors/connectors.exports.js';

export class UnverifiedParam {
  @ApiProperty({ example: 'wiki' })
  @Matches(connectorIdRule, { message: 'must match [a-z0-9][a-z0-9-]{0,62}' })
  readonly id!: string;

  @ApiProperty({ description: 'Id of the operation that took it away', format: 'uuid' })
  @IsUUID(undefined, { message: 'must be the id of an unverified removal' })
  readonly removal!: string;
}
