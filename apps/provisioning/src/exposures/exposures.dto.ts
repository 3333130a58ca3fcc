import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsUUID } from 'class-validator';
import { PageQuery } from '#libs/service-kit/input/page.js';
import type { ExposureStates } from './exposures.query.js';

export class ExposuresQuery extends PageQuery {
  @ApiPropertyOptional({ enum: ['open', 'closed', 'all'], default: 'open' })
  @IsOptional()
  @IsIn(['open', 'closed', 'all'], { message: 'must be open, closed or all' })
  readonly state?: ExposureStates;
}

export class ExposureParam {
  @ApiProperty({ format: 'uuid' })
  @IsUUID(undefined, { message: 'must be the id of an exposure' })
  readonly exposure!: string;
}
