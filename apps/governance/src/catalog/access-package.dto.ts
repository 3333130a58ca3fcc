import { ApiExtraModels, ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayUnique,
  Equals,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Matches,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { IsFilledText } from '#libs/service-kit/input/validation.js';
import { ShownOnly } from '#libs/service-kit/input/shown-only.js';
import { administratorsId } from '../policy/policy.exports.js';
import { ApprovalDto } from './approval.dto.js';
import { ReviewPolicyDto } from './review-policy.dto.js';
import { aNumberOfDays, anId, IsDuration, maxGraceDays } from './catalog-rules.input.js';

export class GrantDto {
  @ApiProperty({ example: 'wiki' })
  @Matches(administratorsId, anId)
  readonly application!: string;

  @ApiPropertyOptional({ enum: [true], description: 'The account itself' })
  @IsOptional()
  @Equals(true, { message: 'must be true, or left out' })
  readonly account?: true | null;

  @ApiPropertyOptional({
    type: String,
    example: 'Editors',
    description: 'Membership in a group; the person needs an account there, too',
  })
  @IsOptional()
  @IsFilledText(256)
  readonly group?: string | null;

  @ApiPropertyOptional({
    type: String,
    example: 'Approver',
    description: 'A role by its name in the application; the person needs an account there, too',
  })
  @IsOptional()
  @IsFilledText(256)
  readonly role?: string | null;
}

@ApiExtraModels(ApprovalDto)
export class AccessPackageDto {
  @ApiProperty({ example: 'Wiki editors' })
  @IsFilledText(200)
  readonly displayName!: string;

  @ApiPropertyOptional({ type: String })
  @IsOptional()
  @IsFilledText(2000)
  readonly description?: string | null;

  @ApiPropertyOptional({
    enum: ['draft', 'published', 'deprecated', 'retired'],
    default: 'published',
    description:
      'A deprecated package gives what it gave and takes no new requests. A retired one gives nothing any more, for good',
  })
  @IsOptional()
  @IsIn(['draft', 'published', 'deprecated', 'retired'])
  readonly status?: 'draft' | 'published' | 'deprecated' | 'retired' | null;

  @ApiPropertyOptional({
    type: [String],
    default: [],
    description:
      'Who assigns and revokes it: identity ids, or package:<id> for its holders. Without owners, who owns every application that it grants in',
  })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(100)
  @ArrayUnique()
  readonly owners?: unknown[] | null;

  @ApiPropertyOptional({ type: [String], default: [], description: 'Packages whose grants are part of it' })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(100)
  @ArrayUnique()
  @Matches(administratorsId, { each: true, ...anId })
  readonly includes?: string[] | null;

  @ApiPropertyOptional({
    type: String,
    example: 'PT8H',
    description: 'ISO 8601 duration for which who is eligible may activate it at once. Default: nobody may',
  })
  @IsOptional()
  @IsDuration()
  readonly justInTime?: string | null;

  @ApiPropertyOptional({
    type: String,
    example: 'PT4H',
    description:
      'ISO 8601 duration for which who is eligible may take it at once in an emergency; an owner reviews it after. Default: nobody may',
  })
  @IsOptional()
  @IsDuration()
  readonly breakGlass?: string | null;

  @ApiProperty({ type: [GrantDto] })
  @IsArray()
  @ArrayMaxSize(500)
  @ValidateNested({ each: true })
  @Type(() => GrantDto)
  readonly grants!: GrantDto[];

  @ApiPropertyOptional({
    type: String,
    example: 'department eq "Engineering"',
    description: 'SCIM filter over identities',
  })
  @IsOptional()
  @IsString()
  readonly eligibility?: string | null;

  @ApiPropertyOptional({
    enum: ['end', 'approve-again', 'keep'],
    default: 'keep',
    description:
      "When a holder is not eligible any more: end (after graceDays; the default where graceDays is given), approve-again (the holder's manager keeps, shortens or drops it within graceDays, 14 unless given; no answer ends it), keep. For access that was requested or assigned",
  })
  @IsOptional()
  @IsIn(['end', 'approve-again', 'keep'])
  readonly eligibilityLost?: 'end' | 'approve-again' | 'keep' | null;

  @ApiPropertyOptional({ type: Number, default: 0, maximum: maxGraceDays, description: 'Days; see eligibilityLost' })
  @IsOptional()
  @IsInt(aNumberOfDays)
  @Min(0, aNumberOfDays)
  @Max(maxGraceDays, aNumberOfDays)
  readonly graceDays?: number | null;

  @ApiPropertyOptional({ enum: ['self', 'team', 'anyone'], description: 'Absent: nobody may request it' })
  @IsOptional()
  @IsIn(['self', 'team', 'anyone'])
  readonly requestFor?: 'self' | 'team' | 'anyone' | null;

  @ApiPropertyOptional({ type: Boolean, default: true })
  @IsOptional()
  @IsBoolean()
  readonly requireJustification?: boolean | null;

  @ApiPropertyOptional({
    oneOf: [{ type: 'string', enum: ['none'] }, { $ref: '#/components/schemas/ApprovalDto' }],
    description: '`none`, or its stages; required with requestFor',
    example: { stages: [{ approvers: ['manager'] }] },
  })
  @IsOptional()
  readonly approval?: unknown;

  @ApiPropertyOptional({
    type: String,
    example: 'P90D',
    description: 'ISO 8601 duration that requested access lasts at most. Default: without an end',
  })
  @IsOptional()
  @IsDuration()
  readonly maxDuration?: string | null;

  @ApiPropertyOptional({ type: Boolean, default: false, description: 'May a holder ask for a later end?' })
  @IsOptional()
  @IsBoolean()
  readonly extendable?: boolean | null;

  @ApiPropertyOptional({
    type: Boolean,
    default: false,
    description: 'Does it give nothing while its holder is on leave?',
  })
  @IsOptional()
  @IsBoolean()
  readonly suspendOnLeave?: boolean | null;

  @ApiPropertyOptional({
    type: [String],
    default: [],
    description:
      'Packages that nobody is to have together with this one, whichever of them says so. They may be defined later',
  })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(100)
  @ArrayUnique()
  @Matches(administratorsId, { each: true, ...anId })
  readonly incompatibleWith?: string[] | null;

  @ApiPropertyOptional({
    type: ReviewPolicyDto,
    description: 'How its holders are reviewed. Default: as each review says',
  })
  @IsOptional()
  @ValidateNested()
  @Type(() => ReviewPolicyDto)
  readonly review?: ReviewPolicyDto | null;

  @ApiPropertyOptional({
    type: String,
    example: 'engineering-suite',
    description:
      'With status retired: the published package to which its holders move. Each has the old one until the new one is delivered; who may not have the new one loses the old one. Default: they end',
  })
  @IsOptional()
  @Matches(administratorsId, anId)
  readonly successor?: string | null;

  @ShownOnly()
  readonly id?: unknown;
  @ShownOnly()
  readonly version?: unknown;
  @ShownOnly()
  readonly applications?: unknown;
  @ShownOnly()
  readonly job?: unknown;
  @ShownOnly()
  readonly warnings?: unknown;
}
