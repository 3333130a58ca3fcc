import { ApiProperty } from '@nestjs/swagger';
import { IsFilledText } from '#libs/service-kit/input/validation.js';

/** Why somebody decided so. */
export class DecisionInput {
  @ApiProperty({ description: 'The reason; the audit log keeps it', example: 'The Leeds office closed on Friday' })
  @IsFilledText(2000)
  readonly reason!: string;
}
