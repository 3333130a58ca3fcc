import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsInt, IsOptional, IsString, Matches, MaxLength, Min } from 'class-validator';
import { IsInstant } from '#libs/service-kit/input/instant.js';
import { IsFilledText, mustBe } from '#libs/service-kit/input/validation.js';
import { administratorsId } from '../policy/policy.exports.js';
import { type BulkAction, bulkActions } from './bulk-change.js';

/** An id that administrators choose, or that of what was found. */
const packageForm = new RegExp(`${administratorsId.source}|^as-found:[^:]{1,63}(:[^\\u0000]{1,1000})?$`, 'u');

class BulkTermsDto {
  @ApiProperty({
    enum: bulkActions,
    description:
      'certify: what was found in an application stays. replace: what was found and the package gives is held by the package instead',
  })
  @IsIn(bulkActions, mustBe(...bulkActions))
  readonly action!: BulkAction;

  @ApiProperty({ example: 'The project has ended' })
  @IsFilledText(2000)
  readonly reason!: string;

  @ApiPropertyOptional({
    type: String,
    format: 'date-time',
    description:
      'The end that assign gives (default: the longest time of the package), the later end that extend gives, ' +
      'or until when no rule gives again what revoke takes (default: 90 days)',
  })
  @IsOptional()
  @IsInstant()
  readonly endsAt?: string | null;
}

export class BulkChangeDto extends BulkTermsDto {
  @ApiProperty({
    example: 'wiki-editors',
    description:
      'Of what was found in applications: as-found:APPLICATION for all of it, else the packageId of the assignments',
  })
  @Matches(packageForm, { message: 'must be the id of an access package' })
  readonly packageId!: string;

  @ApiProperty({
    example: 'department eq "Engineering"',
    description:
      'SCIM filter over identities. Revoke and extend take those of them who hold the package, replace those who hold something of it as found',
  })
  @IsString()
  @MaxLength(4000)
  readonly filter!: string;
}

/** The terms of a file, in its query. */
export class BulkFileQuery extends BulkTermsDto {}

export class ApplyBulkDto {
  @ApiPropertyOptional({
    type: Number,
    description: 'How many people may lose access by it. Where more do than is allowed without, 409 says how many',
  })
  @IsOptional()
  @IsInt({ message: 'must be a whole number: how many people may lose access' })
  @Min(0, { message: 'must be a whole number: how many people may lose access' })
  readonly confirm?: number | null;
}
