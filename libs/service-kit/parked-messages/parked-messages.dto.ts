import { ApiProperty, ApiPropertyOptional, OmitType } from '@nestjs/swagger';
import { IsOptional, IsString, MaxLength } from 'class-validator';
import type { ParkedMessage, Stuck } from '#libs/event-bus/event-bus.port.js';
import { PageQuery } from '../page.js';
import { IsFilledText } from '../validation.js';

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
    description: 'Which consumer group is meant, where several have the message parked',
    example: 'governance',
  })
  @IsOptional()
  @IsString({ message: 'must be the name of a consumer group' })
  @MaxLength(200, { message: 'must be the name of a consumer group' })
  readonly group?: string;
}

export class DismissalInput {
  @ApiProperty({
    description: 'Why nobody needs it any more; the audit log keeps it',
    example: 'Hired twice by mistake',
  })
  @IsFilledText(2000)
  readonly reason!: string;
}

/** A parked message as the API shows it. */
export type ParkedView = Omit<ParkedMessage, 'line'>;

/** What became of it. `stuck`: where its line stopped after that; null when all of the line was handled. */
export interface ParkedOutcome {
  readonly id: string;
  readonly group: string;
  readonly outcome: 'replayed' | 'parked-again' | 'dismissed';
  readonly stuck: Stuck | null;
}

const id = '01a20d55-1fe0-7035-b0be-4fc310015bde';

export const parkedExample: ParkedView = {
  id,
  group: 'governance',
  topic: 'hub.hr.lifecycle',
  key: '8f6f3c1e-2b6d-4a7e-9c1d-3f2b1a0c9d8e',
  type: 'hub.hr.worker.moved.v1',
  source: '/hr/worker-2c1d0e9f-8a7b-4c6d-8e4f-0a1b2c3d4e5f',
  sequence: 7,
  epoch: 1,
  reason: 'this version knows no hub.hr.worker.moved.v1',
  failures: 1,
  parkedAt: '2026-03-02T09:00:00.000Z',
  poison: true,
  waiting: 2,
};

export const replayExample: ParkedOutcome = {
  id,
  group: 'governance',
  outcome: 'parked-again',
  stuck: { id, reason: 'this version knows no hub.hr.worker.moved.v1' },
};

export const dismissalExample: ParkedOutcome = { id, group: 'governance', outcome: 'dismissed', stuck: null };
