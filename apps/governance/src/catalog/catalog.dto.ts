import { ApiExtraModels, ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  Equals,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  IsUUID,
  Matches,
  Min,
  ValidateNested,
} from 'class-validator';
import { Fits, IsFilledText } from '#libs/service-kit/input/validation.js';
import { NotServedYet } from '#libs/service-kit/input/not-served-yet.js';
import { ShownOnly } from '#libs/service-kit/input/shown-only.js';
import { isDuration, administratorsId } from '../policy/policy.exports.js';

const anId = {
  message: 'must be lower-case letters, digits and hyphens, at most 63, beginning with a letter or digit',
};
const uuid = '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}';

const IsDuration = (): PropertyDecorator =>
  Fits(
    'duration',
    { type: 'string', format: 'duration' },
    (value) => typeof value === 'string' && isDuration(value),
    'must be an ISO 8601 duration such as P3D or PT8H',
  );

const aNumberOfPeople = { message: 'must be a whole number: how many people may lose access' };

/** The confirmation of a change that takes access away. */
export class ConfirmationQuery {
  @ApiPropertyOptional({
    type: Number,
    description:
      'How many people may lose access by this change. If there are more, the answer is 409 with their names',
  })
  @IsOptional()
  @Type(() => Number)
  @IsInt(aNumberOfPeople)
  @Min(0, aNumberOfPeople)
  readonly confirm?: number;

  @ApiPropertyOptional({ type: String, description: 'The reason, for the audit log' })
  @IsOptional()
  @IsFilledText(2000)
  readonly reason?: string;

  @ApiPropertyOptional({
    enum: ['true', 'false'],
    description: 'true: nothing is done; the answer says whom the change would give and take what',
  })
  @IsOptional()
  @IsIn(['true', 'false'], { message: 'must be true or false' })
  readonly dryRun?: 'true' | 'false';
}

export class ApplicationDto {
  @ApiProperty({ example: 'Wiki' })
  @IsFilledText(200)
  readonly displayName!: string;

  @ApiProperty({ description: 'The connector that serves it, and nothing else', example: 'wiki' })
  @Matches(administratorsId, anId)
  readonly connectorId!: string;

  @ApiPropertyOptional({ description: 'Identity ids', type: [String], default: [] })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(100)
  @ArrayUnique()
  @IsUUID('all', { each: true, message: 'must hold identity ids (UUIDs)' })
  readonly owners?: string[] | null;

  @ShownOnly()
  readonly id?: unknown;
  @ShownOnly()
  readonly version?: unknown;
  @ShownOnly()
  readonly ownerPeople?: unknown;
}

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

const approverForm = new RegExp(
  `^(manager|managers-manager|application-owner|user:${uuid}|package:[a-z0-9][a-z0-9-]{0,62})$`,
);
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

@ApiExtraModels(ApprovalDto)
export class AccessPackageDto {
  @ApiProperty({ example: 'Wiki editors' })
  @IsFilledText(200)
  readonly displayName!: string;

  @ApiPropertyOptional({ type: String })
  @IsOptional()
  @IsFilledText(2000)
  readonly description?: string | null;

  @ApiPropertyOptional({ enum: ['draft', 'published'], default: 'published' })
  @IsOptional()
  @IsIn(['draft', 'published'])
  readonly status?: 'draft' | 'published' | null;

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

  @NotServedYet()
  readonly review?: unknown;

  @ShownOnly()
  readonly id?: unknown;
  @ShownOnly()
  readonly version?: unknown;
  @ShownOnly()
  readonly applications?: unknown;
  @ShownOnly()
  readonly job?: unknown;
}

export class BirthrightRuleDto {
  @ApiProperty({ example: 'Everybody has the wiki' })
  @IsFilledText(200)
  readonly displayName!: string;

  @ApiProperty({ example: 'employmentType ne "contractor"', description: 'SCIM filter over identities' })
  @IsString()
  readonly filter!: string;

  @ApiProperty({ type: [String], example: ['wiki-user'] })
  @IsArray()
  @ArrayMaxSize(100)
  @ArrayUnique()
  @Matches(administratorsId, { each: true, ...anId })
  readonly packages!: string[];

  @NotServedYet()
  readonly graceDays?: unknown;

  @ShownOnly()
  readonly id?: unknown;
  @ShownOnly()
  readonly version?: unknown;
  @ShownOnly()
  readonly packageNames?: unknown;
  @ShownOnly()
  readonly job?: unknown;
}
