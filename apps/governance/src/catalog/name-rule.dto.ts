import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString } from 'class-validator';
import { ShownOnly } from '#libs/service-kit/input/shown-only.js';
import { IsFilledText } from '#libs/service-kit/input/validation.js';

export class NameRuleDto {
  @ApiProperty({ example: 'Contractors' })
  @IsFilledText(200)
  readonly displayName!: string;

  @ApiPropertyOptional({
    type: String,
    example: 'employmentType eq "contractor"',
    description: 'SCIM filter over what HR states of a person. Absent: everybody',
  })
  @IsOptional()
  @IsString()
  readonly filter?: string | null;

  @ApiProperty({
    example: '"x-" & Join(".", [givenName], [familyName])',
    description:
      'Expression in the language of mappings, of what HR states. The hub writes it in Latin letters, in lower case, and adds a number where the name is, or was, of somebody else: before an @, if it has one',
  })
  @IsFilledText(2_000)
  readonly pattern!: string;

  @ShownOnly()
  readonly id?: unknown;
  @ShownOnly()
  readonly version?: unknown;
}
