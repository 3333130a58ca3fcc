import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString } from 'class-validator';

const duration = { message: 'must be an ISO 8601 duration, for example P1D' };

/** Of changes that people make. */
export class TaskTimesDto {
  @ApiPropertyOptional({ default: 'P3D', description: 'ISO 8601 duration: until when a task is to be done' })
  @IsOptional()
  @IsString(duration)
  readonly within?: string;

  @ApiPropertyOptional({ default: 'P1D', description: 'ISO 8601 duration: how often people are reminded of it' })
  @IsOptional()
  @IsString(duration)
  readonly remindEvery?: string;
}
