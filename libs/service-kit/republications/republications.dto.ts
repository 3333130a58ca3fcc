import { ApiProperty } from '@nestjs/swagger';
import { IsInstant } from '../input/instant.js';
import { instant, named, object, text } from '../openapi/schema.js';

export class RepublicationInput {
  @ApiProperty({
    description: 'Facts recorded since then are published again; at most 13 days ago',
    example: '2026-11-28T08:00:00Z',
  })
  @IsInstant()
  readonly from!: string;
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
