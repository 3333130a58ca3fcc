import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { mustBe } from '#libs/service-kit/input/validation.js';
import { IsInstant } from '#libs/service-kit/input/instant.js';

export class ReceiveListQuery {
  @ApiProperty({ format: 'date-time', description: 'When the accounts were so' })
  @IsInstant()
  readonly asOf!: string;

  @ApiPropertyOptional({ enum: ['true', 'false'], default: 'false', description: 'true: only try it' })
  @IsOptional()
  @IsIn(['true', 'false'], mustBe('true', 'false'))
  readonly dryRun?: 'true' | 'false';
}
