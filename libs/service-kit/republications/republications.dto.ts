import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsUUID } from 'class-validator';
import { topics, type Topic } from '#libs/contracts/topics.js';
import { IsInstant } from '../input/instant.js';
import { instant, named, object, text } from '../openapi/schema.js';

export class RepublicationInput {
  @ApiProperty({
    description: 'Facts recorded since then are published again; at most 13 days ago, with `for` at any time',
    example: '2026-11-28T08:00:00Z',
  })
  @IsInstant()
  readonly from!: string;

  @ApiPropertyOptional({
    description: 'Id of a resumption (`v1/positions`): only its readers take what is published again. With `topic`',
    format: 'uuid',
  })
  @IsOptional()
  @IsUUID(undefined, { message: 'must be the id of a resumption' })
  readonly for?: string;

  @ApiPropertyOptional({
    description: 'The one topic that is published again. With `for`',
    enum: Object.values(topics),
  })
  @IsOptional()
  @IsIn(Object.values(topics), { message: `must be one of ${Object.values(topics).join(', ')}` })
  readonly topic?: Topic;
}

/** A republication that is under way. */
export interface RepublicationView {
  readonly service: string;
  /** ISO 8601 instant, UTC. */
  readonly from: string;
}

export const republicationAnswer = named('Republication', object<RepublicationView>({ service: text, from: instant }), {
  service: 'governance',
  from: '2026-11-28T08:00:00.000Z',
});
