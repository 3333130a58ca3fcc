import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsDefined,
  IsIn,
  IsOptional,
  IsUUID,
  Matches,
  ValidateNested,
} from 'class-validator';
import { IsInstant } from '#libs/service-kit/input/instant.js';
import { IsFilledText } from '#libs/service-kit/input/validation.js';
import { administratorsId, reviewerForm } from '../policy/policy.exports.js';

const anId = { message: 'must be lower-case letters, digits and hyphens' };
const aReviewer = {
  each: true,
  message:
    'must be manager, managers-manager, owner, application-owner, user:<identity id> or package:<id of a package>',
};

export class ReviewScopeDto {
  @ApiPropertyOptional({ type: String, example: 'wiki-editors', description: 'Who holds this package' })
  @IsOptional()
  @Matches(administratorsId, anId)
  readonly packageId?: string | null;

  @ApiPropertyOptional({
    type: String,
    example: 'wiki',
    description: 'Who holds something in this application, by a package or as it was found there',
  })
  @IsOptional()
  @Matches(administratorsId, anId)
  readonly application?: string | null;

  @ApiPropertyOptional({
    type: Boolean,
    default: false,
    description:
      'Only access that was found in an application, and about which nobody has decided. A reviewer who keeps or shortens it is its approver from then on',
  })
  @IsOptional()
  @IsBoolean()
  readonly asFound?: boolean | null;

  @ApiPropertyOptional({
    type: Boolean,
    default: false,
    description:
      'With packageId or application: also what rules give. Revoking that excludes the person from it for 90 days',
  })
  @IsOptional()
  @IsBoolean()
  readonly birthrights?: boolean | null;
}

export class ReviewDto {
  @ApiProperty({ example: 'Wiki editors, first quarter' })
  @IsFilledText(200)
  readonly displayName!: string;

  @ApiProperty({ description: 'packageId, or application, or asFound, or asFound with an application' })
  @IsDefined({ message: 'is missing: give packageId, application or asFound' })
  @ValidateNested()
  @Type(() => ReviewScopeDto)
  readonly scope!: ReviewScopeDto;

  @ApiPropertyOptional({
    type: [String],
    example: ['manager'],
    description:
      'Who reviews: manager, managers-manager, owner (of the package, else of its applications), application-owner, user:<identity id> or package:<id>. ' +
      'Default: as each package says, else manager',
  })
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1, { message: 'must name at least one reviewer' })
  @ArrayMaxSize(20)
  @ArrayUnique()
  @Matches(reviewerForm, aReviewer)
  readonly reviewers?: string[] | null;

  @ApiPropertyOptional({
    enum: ['keep', 'revoke'],
    description:
      'What becomes of access about which nobody answers in time. Default: as each package says. What was found has no such package: with asFound ' +
      'it is required, with an application the default is keep',
  })
  @IsOptional()
  @IsIn(['keep', 'revoke'], { message: 'must be keep or revoke' })
  readonly onNoResponse?: 'keep' | 'revoke' | null;

  @ApiPropertyOptional({
    type: String,
    format: 'date-time',
    description: 'The first instant at which nobody answers any more. Default: in 14 days',
  })
  @IsOptional()
  @IsInstant()
  readonly dueAt?: string | null;
}

export class AnswerDto {
  @ApiProperty({ format: 'uuid' })
  @IsUUID('all', { message: 'must be the id of an item (UUID)' })
  readonly itemId!: string;

  @ApiProperty({ enum: ['keep', 'revoke', 'shorten'] })
  @IsIn(['keep', 'revoke', 'shorten'], { message: 'must be keep, revoke or shorten' })
  readonly decision!: 'keep' | 'revoke' | 'shorten';

  @ApiPropertyOptional({
    type: String,
    format: 'date-time',
    description: 'With shorten: the first instant without the access',
  })
  @IsOptional()
  @IsInstant()
  readonly until?: string | null;

  @ApiPropertyOptional({ type: String, example: 'Has moved to another team' })
  @IsOptional()
  @IsFilledText(2000)
  readonly comment?: string | null;
}

export class AnswersDto {
  @ApiProperty({ type: [AnswerDto] })
  @IsArray()
  @ArrayMinSize(1, { message: 'must hold at least one answer' })
  @ArrayMaxSize(1000)
  @ValidateNested({ each: true })
  @Type(() => AnswerDto)
  readonly decisions!: AnswerDto[];
}

export class CancelReviewDto {
  @ApiProperty({ example: 'It was begun by mistake' })
  @IsFilledText(2000)
  readonly reason!: string;
}

export class ReassignItemDto {
  @ApiProperty({ format: 'uuid', description: 'Identity id of who decides' })
  @IsUUID('all', { message: 'must be the id of an identity (UUID)' })
  readonly reviewerId!: string;
}

export class ConfirmRemovalDto {
  @ApiProperty({ example: 'Looked into the application: the group no longer lists them' })
  @IsFilledText(2000)
  readonly comment!: string;
}
