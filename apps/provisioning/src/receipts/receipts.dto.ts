import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import { IsInstant } from '#libs/service-kit/input/instant.js';

export class ReceiptPeriod {
  @ApiPropertyOptional({ description: 'The first decision; 30 days ago unless given' })
  @IsOptional()
  @IsInstant()
  readonly from?: string;

  @ApiPropertyOptional({ description: 'Before the last decision; now unless given' })
  @IsOptional()
  @IsInstant()
  readonly to?: string;
}
