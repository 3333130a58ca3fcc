import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsInt, IsOptional, IsString, IsUUID, Matches, MaxLength, Min } from 'class-validator';
import { TriedMappingDto } from '../connectors/connectors.exports.js';
import { IsFilledText } from '#libs/service-kit/input/validation.js';

export class CaseParam {
  @ApiProperty({ example: '0f0c1d2e-9f9b-5b0a-8b5e-2f6f5f0a1b2c.wiki' })
  @Matches(/^[0-9a-f-]{36}(\.[a-z0-9][a-z0-9-]{0,62})?$/, { message: 'must be the id of a case' })
  readonly case!: string;
}

export class CaseRetry {
  @ApiPropertyOptional({
    default: false,
    description: 'Also every account of the connector that is parked for the same cause',
  })
  @IsOptional()
  @IsBoolean({ message: 'must be true or false' })
  readonly alike?: boolean;
}

export class CaseDismissal extends CaseRetry {
  @ApiProperty({ description: 'Why it may stay as it is; the audit log keeps it', example: 'She keeps it until June' })
  @IsFilledText(2000)
  readonly reason!: string;
}

export class CaseRedrive extends TriedMappingDto {
  @ApiPropertyOptional({
    type: Boolean,
    default: false,
    description: 'Also every account of the connector that is parked for the same cause',
  })
  @IsOptional()
  @IsBoolean({ message: 'must be true or false' })
  readonly alike?: boolean;

  @ApiPropertyOptional({ type: 'integer', minimum: 0, description: 'So many people may lose their account' })
  @IsOptional()
  @IsInt({ message: 'must be a whole number of people' })
  @Min(0, { message: 'must be a whole number of people' })
  readonly confirm?: number;

  @ApiProperty({ description: 'Why; the audit log keeps it', example: 'The vendor wants upper case' })
  @IsFilledText(2000)
  readonly reason!: string;
}

export class CaseComment {
  @ApiProperty({ example: 'Asked the vendor' })
  @IsFilledText(2000)
  readonly text!: string;
}

export class CaseAssignment {
  @ApiPropertyOptional({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'Identity; null: nobody in particular',
  })
  @IsOptional()
  @IsUUID(undefined, { message: 'must be the id of an identity, or null' })
  readonly assignee?: string | null;
}

export class CaseGroupsQuery {
  @ApiPropertyOptional({ description: 'SCIM filter expression (RFC 7644 §3.4.2.2)' })
  @IsOptional()
  @IsString({ message: 'must be a SCIM filter expression' })
  @MaxLength(4000, { message: 'must be at most 4000 characters' })
  readonly filter?: string;
}
