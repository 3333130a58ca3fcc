import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, IsUUID, MaxLength } from 'class-validator';
import { IsFilledText, mustBe } from '#libs/service-kit/input/validation.js';
import { type NonPersonKind, nonPersonKinds } from '../connectors/connectors.exports.js';

const decisions = ['person', 'not-a-person', 'open'] as const;

export class OwnershipDto {
  @ApiProperty({ example: '2819c223', description: 'The application’s own id of the account' })
  @IsFilledText(1_000)
  readonly account!: string;

  @ApiProperty({ enum: decisions, description: 'open: a former decision does not stand any more' })
  @IsIn(decisions, mustBe(...decisions))
  readonly decision!: (typeof decisions)[number];

  @ApiPropertyOptional({ format: 'uuid', type: String, description: 'Whose it is: with decision person' })
  @IsOptional()
  @IsUUID(undefined, { message: 'must be the id of an identity' })
  readonly identity?: string | null;

  @ApiPropertyOptional({ enum: [...nonPersonKinds], description: 'What it is: with decision not-a-person' })
  @IsOptional()
  @IsIn([...nonPersonKinds], mustBe(...nonPersonKinds))
  readonly kind?: NonPersonKind | null;

  @ApiProperty({ example: 'She says that it is hers' })
  @IsFilledText(2_000)
  readonly reason!: string;
}

export class FileQuery {
  @ApiPropertyOptional({ description: 'SCIM filter expression (RFC 7644 §3.4.2.2)' })
  @IsOptional()
  @IsString({ message: 'must be a SCIM filter expression' })
  @MaxLength(4000, { message: 'must be at most 4000 characters' })
  readonly filter?: string;
}
