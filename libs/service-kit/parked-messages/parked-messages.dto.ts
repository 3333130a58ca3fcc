import { ApiProperty, ApiPropertyOptional, OmitType } from '@nestjs/swagger';
import { IsOptional, IsString, MaxLength } from 'class-validator';
import type { ParkedMessage, StillFailing } from '#libs/event-bus/event-bus.port.js';
import { PageQuery } from '../input/page.js';
import { IsFilledText } from '../input/validation.js';

/** The key of a line may be long: 512 characters of anybody's choosing. */
const longestCursor = 4_000;

export class ParkedQuery extends OmitType(PageQuery, ['filter', 'cursor']) {
  @ApiPropertyOptional({ description: '`nextCursor` of the page before' })
  @IsOptional()
  @IsString({ message: 'must be nextCursor of the page before' })
  @MaxLength(longestCursor, { message: 'must be nextCursor of the page before' })
  readonly cursor?: string;
}

export class GroupQuery {
  @ApiPropertyOptional({
    description: 'The consumer group, if several groups have parked the message',
    example: 'governance',
  })
  @IsOptional()
  @IsString({ message: 'must be the name of a consumer group' })
  @MaxLength(200, { message: 'must be the name of a consumer group' })
  readonly group?: string;
}

export class DismissalInput {
  @ApiProperty({
    description: 'The reason; the audit log keeps it',
    example: 'Hired twice by mistake',
  })
  @IsFilledText(2000)
  readonly reason!: string;
}

/** A parked message as the API shows it. */
export type ParkedView = Omit<ParkedMessage, 'line'>;

/** The outcome. `stuck`: the message at which the line stopped afterwards; null when the whole line was handled. */
export interface ParkedOutcome {
  readonly id: string;
  readonly group: string;
  readonly outcome: 'replayed' | 'parked-again' | 'dismissed';
  readonly stuck: StillFailing | null;
}
