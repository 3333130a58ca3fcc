import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, ArrayUnique, IsArray, IsIn, IsOptional } from 'class-validator';
import { Fits, IsFilledText } from '#libs/service-kit/input/validation.js';
import { ShownOnly } from '#libs/service-kit/input/shown-only.js';
import { defaultDueIn, isDuration } from '../policy/policy.exports.js';

const id = { type: 'string', description: 'Id of an access package' };
const application = { type: 'string' };
const item = {
  oneOf: [
    id,
    { type: 'object', required: ['package'], properties: { package: id } },
    { type: 'object', required: ['application', 'account'], properties: { application, account: { enum: [true] } } },
    { type: 'object', required: ['application', 'group'], properties: { application, group: { type: 'string' } } },
    { type: 'object', required: ['application', 'role'], properties: { application, role: { type: 'string' } } },
  ],
};
const maxItems = 500;

export class SeparationRuleDto {
  @ApiProperty({ example: 'Who pays does not approve payments' })
  @IsFilledText(200)
  readonly displayName!: string;

  @ApiProperty({
    type: 'array',
    items: item,
    example: ['payer'],
    description: 'Packages by their ids, or entitlements: {application, account: true | group | role}',
  })
  @IsArray()
  @ArrayMinSize(1, { message: 'must name at least one package or entitlement' })
  @ArrayMaxSize(maxItems)
  readonly left!: unknown[];

  @ApiPropertyOptional({
    type: 'array',
    items: item,
    example: ['payment-approver'],
    description:
      'Nobody is to have something of left together with something of right. Without right, something of left needs one of compensatingControls',
  })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(maxItems)
  readonly right?: unknown[] | null;

  @ApiPropertyOptional({
    enum: ['prevent', 'detect'],
    default: 'prevent',
    description: 'prevent: such access is refused, without an exception. detect: it is listed as a finding',
  })
  @IsOptional()
  @IsIn(['prevent', 'detect'])
  readonly mode?: 'prevent' | 'detect' | null;

  @ApiPropertyOptional({
    type: 'array',
    items: item,
    default: [],
    description: 'Packages or entitlements: who has one of them may have both sides',
  })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(maxItems)
  readonly compensatingControls?: unknown[] | null;

  @ApiPropertyOptional({
    type: [String],
    default: [],
    description:
      'Who may grant exceptions: identity ids, or package:<id> for its holders. Without owners, policy administrators may',
  })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(100)
  @ArrayUnique()
  readonly owners?: unknown[] | null;

  @ApiPropertyOptional({
    type: String,
    default: defaultDueIn,
    description: 'ISO 8601 duration in which a finding has to be solved or excepted',
  })
  @IsOptional()
  @Fits(
    'duration',
    { type: 'string', format: 'duration' },
    (value) => typeof value === 'string' && isDuration(value),
    'must be an ISO 8601 duration such as P30D',
  )
  readonly dueIn?: string | null;

  @ShownOnly()
  readonly id?: unknown;
  @ShownOnly()
  readonly version?: unknown;
  @ShownOnly()
  readonly job?: unknown;
}
