import { ApiExtraModels, ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { ShownOnly } from '#libs/service-kit/input/shown-only.js';
import { IsFilledText } from '#libs/service-kit/input/validation.js';
import {
  type WorkflowAction,
  workflowActions,
  type WorkflowRecipient,
  workflowRecipients,
  type WorkflowTrigger,
  workflowTriggers,
} from '../policy/policy.exports.js';

const longestBefore = -365;
const longestAfter = 3650;
const aNumberOfDays = { message: `must be a whole number of days from ${longestBefore} to ${longestAfter}` };

export class WorkflowStepDto {
  @ApiProperty({
    type: Number,
    minimum: longestBefore,
    maximum: longestAfter,
    description:
      'Days after the first day (joiner), the move (mover), or the end of access (leaver). Negative: before the end, of a leaver only',
  })
  @IsInt(aNumberOfDays)
  @Min(longestBefore, aNumberOfDays)
  @Max(longestAfter, aNumberOfDays)
  readonly offsetDays!: number;

  @ApiProperty({ enum: workflowActions })
  @IsIn(workflowActions)
  readonly action!: WorkflowAction;

  @ApiPropertyOptional({ type: String, example: 'wiki-editor', description: 'Of grant and revoke: the access package' })
  @IsOptional()
  @IsString()
  readonly package?: string | null;

  @ApiPropertyOptional({ enum: workflowRecipients, description: 'Of notify: who is told' })
  @IsOptional()
  @IsIn(workflowRecipients)
  readonly to?: WorkflowRecipient | null;

  @ApiPropertyOptional({ type: String, example: 'Please return your badge.', description: 'Of notify: what is said' })
  @IsOptional()
  @IsFilledText(1000)
  readonly message?: string | null;
}

@ApiExtraModels(WorkflowStepDto)
export class WorkflowDto {
  @ApiProperty({ example: 'Engineers begin' })
  @IsFilledText(200)
  readonly displayName!: string;

  @ApiProperty({ enum: workflowTriggers, description: 'What begins it: hiring, a move, or leaving' })
  @IsIn(workflowTriggers)
  readonly trigger!: WorkflowTrigger;

  @ApiPropertyOptional({
    type: String,
    example: 'department eq "Engineering"',
    description: 'SCIM filter over people as they are when it begins. Absent: everybody',
  })
  @IsOptional()
  @IsString()
  readonly filter?: string | null;

  @ApiPropertyOptional({
    type: Boolean,
    default: true,
    description: 'false: it begins for nobody, and steps that it has planned fail with workflow_disabled',
  })
  @IsOptional()
  @IsBoolean()
  readonly enabled?: boolean | null;

  @ApiProperty({ type: [WorkflowStepDto] })
  @IsArray()
  @ArrayMinSize(1, { message: 'must have at least one step' })
  @ArrayMaxSize(25)
  @ValidateNested({ each: true })
  @Type(() => WorkflowStepDto)
  readonly steps!: WorkflowStepDto[];

  @ShownOnly()
  readonly id?: unknown;
  @ShownOnly()
  readonly version?: unknown;
  @ShownOnly()
  readonly packageNames?: unknown;
}
