import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { applyDecorators } from '@nestjs/common';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsObject,
  IsOptional,
  IsString,
  IsUUID,
  Matches,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import { IsFilledText } from '#libs/service-kit/input/validation.js';
import { connectorIdRule } from '../connectors/connectors.exports.js';

/** A group or role. */
export class EntitlementDto {
  @ApiPropertyOptional({ type: String, example: 'Administrators' })
  @IsOptional()
  @IsFilledText(500)
  readonly group?: string | null;

  @ApiPropertyOptional({ type: String, example: 'owner' })
  @IsOptional()
  @IsFilledText(500)
  readonly role?: string | null;
}

const EntitlementList = (about: { readonly description: string }): PropertyDecorator =>
  applyDecorators(
    ApiProperty({ type: [EntitlementDto], ...about }),
    IsArray({ message: 'must be a list of {group} or {role}' }),
    ArrayMinSize(1, { message: 'must have at least one' }),
    ArrayMaxSize(100, { message: 'must have at most 100' }),
    ValidateNested({ each: true }),
    Type(() => EntitlementDto),
  );

const AuthoritativeList = (): PropertyDecorator =>
  applyDecorators(
    EntitlementList({
      description:
        'To make groups and roles authoritative: nobody holds them but who should. What somebody else gave is taken, too',
    }),
    ApiPropertyOptional(),
    IsOptional(),
  );

export class OrphansDto {
  @ApiPropertyOptional({
    type: String,
    nullable: true,
    example: 'userName sw "old-"',
    description: 'Only those that match it, by account, userName, externalId, firstSeenAt, changedAt',
  })
  @IsOptional()
  @IsString({ message: 'must be a SCIM filter expression' })
  @MaxLength(4000, { message: 'must be at most 4000 characters' })
  readonly filter?: string | null;

  @ApiPropertyOptional({ type: [String], nullable: true, description: "Only these, by the application's own ids" })
  @IsOptional()
  @IsArray({ message: 'must be a list of ids of accounts' })
  @ArrayMinSize(1, { message: 'must have at least one' })
  @ArrayMaxSize(1_000, { message: 'must have at most 1000' })
  @ArrayUnique({ message: 'must name each once' })
  @IsString({ each: true, message: 'must be ids of accounts' })
  readonly accounts?: string[] | null;
}

export class AskPreviewDto {
  @ApiPropertyOptional({
    type: String,
    nullable: true,
    example: 'department eq "Engineering"',
    description: 'A pilot: only people who match it, by the attributes that scope may read',
  })
  @IsOptional()
  @IsString({ message: 'must be a SCIM filter expression' })
  @MaxLength(4000, { message: 'must be at most 4000 characters' })
  readonly filter?: string | null;

  @ApiPropertyOptional({ type: [String], description: 'A pilot: only these people' })
  @IsOptional()
  @IsArray({ message: 'must be a list of ids of identities' })
  @ArrayMinSize(1, { message: 'must have at least one' })
  @ArrayMaxSize(1_000, { message: 'must have at most 1000' })
  @ArrayUnique({ message: 'must name each once' })
  @IsUUID(undefined, { each: true, message: 'must be ids of identities' })
  readonly identities?: string[] | null;

  @ApiPropertyOptional({
    type: OrphansDto,
    nullable: true,
    description:
      'To disable accounts of which nobody is known whose they are. Accounts in dispute, and those of services, are none of them',
  })
  @IsOptional()
  @IsObject({ message: 'must be an object: {} for all of them' })
  @ValidateNested()
  @Type(() => OrphansDto)
  readonly orphans?: OrphansDto | null;

  @AuthoritativeList()
  readonly authoritative?: EntitlementDto[] | null;
}

/** Of these entitlements the hub is to take only what it gave. */
export class WithdrawAuthorityDto {
  @EntitlementList({ description: 'Groups and roles that are authoritative' })
  readonly entitlements!: EntitlementDto[];

  @ApiProperty({ example: 'The vendor adds people, too' })
  @IsFilledText(2_000)
  readonly reason!: string;
}

export class PreviewParam {
  @ApiProperty({ example: 'wiki' })
  @Matches(connectorIdRule, { message: 'must match [a-z0-9][a-z0-9-]{0,62}' })
  readonly id!: string;

  @ApiProperty({ format: 'uuid' })
  @IsUUID(undefined, { message: 'must be the id of a preview' })
  readonly preview!: string;
}
