import { ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsIn, IsInt, IsOptional, Min } from 'class-validator';

const aNumberOfPeople = { message: 'must be a whole number: how many people may lose their account' };

/** Only to see whom a change would touch. */
export class DryRunQuery {
  @ApiPropertyOptional({ enum: ['true', 'false'], description: 'true: tell whom it would touch, and do nothing' })
  @IsOptional()
  @IsIn(['true', 'false'], { message: 'must be true or false' })
  readonly dryRun?: 'true' | 'false';
}

/** How a connector is defined: for good, or only to see whom it would touch. */
export class DefineQuery extends DryRunQuery {
  @ApiPropertyOptional({
    type: Number,
    description: 'How many people may lose their account by this change. If there are more, the answer is 409',
  })
  @IsOptional()
  @Type(() => Number)
  @IsInt(aNumberOfPeople)
  @Min(0, aNumberOfPeople)
  readonly confirm?: number;
}
