import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsUUID } from 'class-validator';
import { PageQuery } from '#libs/service-kit/input/page.js';
import { IsFilledText, mustBe } from '#libs/service-kit/input/validation.js';

export class TaskParam {
  @ApiProperty({ format: 'uuid' })
  @IsUUID(undefined, { message: 'must be the id of a task' })
  readonly task!: string;
}

export class TasksQuery extends PageQuery {
  @ApiPropertyOptional({ enum: ['open', 'all'], default: 'open', description: 'all: also those that were answered' })
  @IsOptional()
  @IsIn(['open', 'all'], mustBe('open', 'all'))
  readonly state?: 'open' | 'all';
}

export class ConfirmTaskDto {
  @ApiPropertyOptional({
    type: String,
    nullable: true,
    example: 'K-1017',
    description: 'Of an account that was made: how the application calls it. Its userName unless given',
  })
  @IsOptional()
  @IsFilledText(200)
  readonly account?: string | null;
}

export class RefuseTaskDto {
  @ApiProperty({ example: 'There is no key left', description: 'Why it will not be done; the audit log keeps it' })
  @IsFilledText(2000)
  readonly reason!: string;
}
