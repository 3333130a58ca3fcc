import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import { IsInstant } from '#libs/service-kit/input/instant.js';

export class ExplanationQuery {
  @ApiPropertyOptional({ type: String, format: 'date-time', description: 'An instant of the past. Default: now' })
  @IsOptional()
  @IsInstant()
  readonly at?: string;
}
