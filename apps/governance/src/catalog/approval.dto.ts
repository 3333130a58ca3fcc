import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsOptional,
  Matches,
  ValidateNested,
} from 'class-validator';
import { Fits } from '#libs/service-kit/input/validation.js';
import { approverForm } from '../policy/policy.exports.js';
import { IsDuration } from './catalog-rules.input.js';

const anApprover = {
  each: true,
  message: 'must be manager, managers-manager, application-owner, user:<identity id> or package:<id of a package>',
};

export class StageDto {
  @ApiProperty({
    example: ['manager'],
    description:
      'manager, managers-manager, application-owner, user:<identity id>, or package:<id>, which names its holders',
    type: [String],
  })
  @IsArray()
  @ArrayMinSize(1, { message: 'must name at least one approver' })
  @ArrayMaxSize(20)
  @ArrayUnique()
  @Matches(approverForm, anApprover)
  readonly approvers!: string[];

  @ApiPropertyOptional({
    oneOf: [
      { type: 'integer', minimum: 1, maximum: 20 },
      { type: 'string', enum: ['any', 'all'] },
    ],
    default: 1,
    description: 'How many different approvers must approve. any is 1; all is everybody who can when the stage opens',
  })
  @IsOptional()
  @Fits(
    'quorum',
    { oneOf: [{ type: 'integer', minimum: 1, maximum: 20 }, { enum: ['any', 'all'] }] },
    (value) =>
      value === 'any' || value === 'all' || (Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 20),
    'must be any, all, or a whole number from 1 to 20',
  )
  readonly quorum?: number | 'any' | 'all' | null;

  @ApiPropertyOptional({ type: String, default: 'P14D', description: 'ISO 8601 duration' })
  @IsOptional()
  @IsDuration()
  readonly timeout?: string | null;

  @ApiPropertyOptional({
    enum: ['deny', 'escalate'],
    default: 'deny',
    description: 'escalate: once, to escalateTo or else to the managers of the approvers; then the request expires',
  })
  @IsOptional()
  @IsIn(['deny', 'escalate'])
  readonly onTimeout?: 'deny' | 'escalate' | null;

  @ApiPropertyOptional({
    type: [String],
    default: [],
    description: 'Who decides where too few approvers can, or do not in time; written as approvers are',
    example: ['managers-manager'],
  })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(20)
  @ArrayUnique()
  @Matches(approverForm, anApprover)
  readonly escalateTo?: string[] | null;
}

export class ApprovalDto {
  @ApiProperty({ type: [StageDto] })
  @IsArray()
  @ArrayMinSize(1, { message: 'must have a stage; approval may be the text none instead' })
  @ArrayMaxSize(10)
  @ValidateNested({ each: true })
  @Type(() => StageDto)
  readonly stages!: StageDto[];

  @ApiPropertyOptional({
    type: Boolean,
    default: true,
    description: 'Each stage is decided by other people than the stages before it',
  })
  @IsOptional()
  @IsBoolean()
  readonly distinctApprovers?: boolean | null;
}
