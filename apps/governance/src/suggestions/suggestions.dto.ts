import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsInt, IsOptional, Min } from 'class-validator';
import { IsFilledText } from '#libs/service-kit/input/validation.js';

const aNumber = { message: 'must be a whole number: how many people may get something that they do not have' };

export class TakeUpDto {
  @ApiProperty({ example: 'Every engineer needs it' })
  @IsFilledText(2000)
  readonly reason!: string;

  @ApiPropertyOptional({
    type: Number,
    description: 'How many people may get something that they do not have. Default: nobody',
  })
  @IsOptional()
  @IsInt(aNumber)
  @Min(0, aNumber)
  readonly confirm?: number | null;
}
