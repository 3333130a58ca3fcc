import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsUUID, Matches } from 'class-validator';
import { IsFilledText, mustBe } from '#libs/service-kit/input/validation.js';
import { connectorIdRule } from '../connectors/connectors.exports.js';

const decisions = ['revert', 'adopt'] as const;

export class DriftDecisionDto {
  @ApiProperty({
    enum: decisions,
    description: 'revert: what is desired is written again; adopt: what is there stays until something else is desired',
  })
  @IsIn(decisions, mustBe(...decisions))
  readonly decision!: (typeof decisions)[number];

  @ApiProperty({ example: 'Support changed it for her' })
  @IsFilledText(2_000)
  readonly reason!: string;
}

export class DriftParam {
  @ApiProperty({ example: 'wiki' })
  @Matches(connectorIdRule, { message: 'must match [a-z0-9][a-z0-9-]{0,62}' })
  readonly id!: string;

  @ApiProperty({ format: 'uuid' })
  @IsUUID(undefined, { message: 'must be the id of a difference' })
  readonly drift!: string;
}
