import { ApiProperty } from '@nestjs/swagger';
import { IsUUID } from 'class-validator';
import { IsInstant } from '#libs/service-kit/input/instant.js';
import { IsFilledText } from '#libs/service-kit/input/validation.js';

export class ExceptionDto {
  @ApiProperty({ description: 'Identity id of the person who may have what the rule separates' })
  @IsUUID('all', { message: 'must be the id of an identity (UUID)' })
  readonly identityId!: string;

  @ApiProperty({ description: 'What is done instead against the risk', example: 'Every payment is countersigned' })
  @IsFilledText(2000)
  readonly mitigation!: string;

  @ApiProperty({
    type: String,
    format: 'date-time',
    description: 'The first instant at which it is over: then the access that began last goes',
  })
  @IsInstant()
  readonly endsAt!: string;
}
