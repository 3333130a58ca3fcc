import { ApiProperty } from '@nestjs/swagger';
import type { ReaderPosition, Resuming } from '#libs/event-bus/event-bus.port.js';
import { IsFilledText } from '../input/validation.js';
import { instant, list, named, nullable, object, oneOf, text, uuid } from '../openapi/schema.js';

export class ResumptionInput {
  @ApiProperty({
    description: 'The reason; the audit log keeps it',
    example: 'The server was away for three weeks',
  })
  @IsFilledText(2000)
  readonly reason!: string;
}

/** The positions of the service's readers. */
export interface PositionsView {
  readonly items: readonly ReaderPosition[];
}

export const positionsAnswer = named(
  'ReaderPositions',
  object<PositionsView>({
    items: list(
      object<ReaderPosition>({
        group: text,
        topic: text,
        state: oneOf('reading', 'gone', 'resuming'),
        resumption: nullable(object<Resuming>({ id: uuid, since: instant, waitsFor: list(text) })),
      }),
    ),
  }),
  {
    items: [
      {
        group: 'governance',
        topic: 'hub.hr.lifecycle',
        state: 'resuming',
        resumption: {
          id: '01a20d55-1fe0-7035-b0be-4fc310015bde',
          since: '2026-02-10T09:00:00.000Z',
          waitsFor: ['hr'],
        },
      },
    ],
  },
);
