import { ApiPropertyOptional } from '@nestjs/swagger';
import { Equals, IsBoolean, IsIn, IsOptional, Matches } from 'class-validator';
import { IsFilledText, mustBe } from '#libs/service-kit/input/validation.js';

const ownerForm = /^((user:)?[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|package:[a-z0-9][a-z0-9-]{0,62})$/;

/** What is known of one entitlement: the account itself, a group or a role. */
export class DescribedEntitlementDto {
  @ApiPropertyOptional({ enum: [true], description: 'The account itself' })
  @IsOptional()
  @Equals(true, { message: 'must be true, or left out' })
  readonly account?: true | null;

  @ApiPropertyOptional({ type: String, example: 'Administrators' })
  @IsOptional()
  @IsFilledText(256)
  readonly group?: string | null;

  @ApiPropertyOptional({ type: String, example: 'Approver' })
  @IsOptional()
  @IsFilledText(256)
  readonly role?: string | null;

  @ApiPropertyOptional({ type: String, example: 'May change every page' })
  @IsOptional()
  @IsFilledText(2000)
  readonly description?: string | null;

  @ApiPropertyOptional({ enum: ['low', 'medium', 'high'], default: 'low' })
  @IsOptional()
  @IsIn(['low', 'medium', 'high'], mustBe('low', 'medium', 'high'))
  readonly risk?: 'low' | 'medium' | 'high' | null;

  @ApiPropertyOptional({
    type: String,
    description: 'Identity id, or package:<id> for the holders of a package. Default: the owners of the application',
  })
  @IsOptional()
  @Matches(ownerForm, { message: 'must be an identity id (UUID), or package:<id of a package>' })
  readonly owner?: string | null;

  @ApiPropertyOptional({
    type: Boolean,
    default: false,
    description:
      'It is given for a time only (packages need maxDuration), and by no birthright rule without an exception',
  })
  @IsOptional()
  @IsBoolean()
  readonly privileged?: boolean | null;
}
