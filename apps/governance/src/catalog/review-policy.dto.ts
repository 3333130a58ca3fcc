import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, ArrayUnique, IsArray, IsIn, IsOptional, Matches } from 'class-validator';
import { reviewerForm } from '../policy/policy.exports.js';
import { IsDuration } from './catalog-rules.input.js';

const aReviewer = {
  each: true,
  message:
    'must be manager, managers-manager, owner, application-owner, user:<identity id> or package:<id of a package>',
};

export class ReviewPolicyDto {
  @ApiPropertyOptional({
    type: String,
    example: 'P90D',
    description:
      'ISO 8601 duration, at least P1D, after which a review begins again. Default: when somebody begins one',
  })
  @IsOptional()
  @IsDuration()
  readonly every?: string | null;

  @ApiProperty({
    type: [String],
    example: ['manager'],
    description:
      'manager, managers-manager, owner (of the package, else of its applications), application-owner, user:<identity id>, or package:<id>, which names its holders',
  })
  @IsArray()
  @ArrayMinSize(1, { message: 'must name at least one reviewer' })
  @ArrayMaxSize(20)
  @ArrayUnique()
  @Matches(reviewerForm, aReviewer)
  readonly reviewers!: string[];

  @ApiProperty({ enum: ['keep', 'revoke'], description: 'What becomes of access about which nobody answers in time' })
  @IsIn(['keep', 'revoke'], { message: 'must be keep or revoke' })
  readonly onNoResponse!: 'keep' | 'revoke';
}
