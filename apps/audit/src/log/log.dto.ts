import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, Max, Min } from 'class-validator';

const whole = { message: 'must be a whole number of entries' };

/** A position in the log, or a number of entries. */
export class IndexParam {
  @ApiProperty({ minimum: 0 })
  @Type(() => Number)
  @IsInt(whole)
  @Min(0, whole)
  @Max(Number.MAX_SAFE_INTEGER, whole)
  readonly index!: number;
}

export class ProofQuery {
  @ApiPropertyOptional({
    description: 'Size of the tree to prove it for. Default: the newest checkpoint',
    minimum: 1,
  })
  @IsOptional()
  @Type(() => Number)
  @IsInt(whole)
  @Min(1, whole)
  @Max(Number.MAX_SAFE_INTEGER, whole)
  readonly size?: number;
}

export class ConsistencyQuery {
  @ApiProperty({ description: 'Size of the earlier tree', minimum: 0 })
  @Type(() => Number)
  @IsInt(whole)
  @Min(0, whole)
  @Max(Number.MAX_SAFE_INTEGER, whole)
  readonly from!: number;

  @ApiPropertyOptional({ description: 'Size of the later tree. Default: the newest checkpoint', minimum: 0 })
  @IsOptional()
  @Type(() => Number)
  @IsInt(whole)
  @Min(0, whole)
  @Max(Number.MAX_SAFE_INTEGER, whole)
  readonly to?: number;
}
