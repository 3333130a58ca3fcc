import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, Matches } from 'class-validator';
import { count, instant, list, named, nullable, object, oneOf, text, uuid } from '../openapi/schema.js';

export class RebuildInput {
  @ApiPropertyOptional({
    type: String,
    description: 'One of GET …/read-models; all of them unless given',
    example: 'identity',
  })
  @IsOptional()
  @Matches(/^[a-z][a-z_-]{0,62}$/, { message: 'must be the name of a read model' })
  readonly readModel?: string | null;
}

/** A rebuild and its progress. */
export interface RebuildView {
  readonly id: string;
  readonly service: string;
  readonly readModels: readonly string[];
  readonly status: 'running' | 'completed' | 'failed';
  /** Streams to fold, as they were counted when it began; and those folded so far. */
  readonly total: number;
  readonly processed: number;
  readonly startedAt: string;
  readonly finishedAt: string | null;
  /** Why it failed. */
  readonly detail: string | null;
}

/** What a service reads instead of its facts. */
export interface ReadModelsView {
  readonly items: readonly ReadModelView[];
  /** Tables that messages of other services fill: they are restated, not rebuilt. */
  readonly messageFed: readonly { readonly table: string; readonly restatedBy: string }[];
}

export interface ReadModelView {
  readonly name: string;
  readonly tables: readonly string[];
  /** Version of the fold that its rows should carry. */
  readonly fold: number;
  /** Columns that facts do not decide: a rebuild leaves them as they are. */
  readonly notDerived: readonly { readonly column: string; readonly decidedBy: string }[];
}

export const rebuildAnswer = named(
  'Rebuild',
  object<RebuildView>({
    id: uuid,
    service: text,
    readModels: list(text),
    status: oneOf('running', 'completed', 'failed'),
    total: count,
    processed: count,
    startedAt: instant,
    finishedAt: nullable(instant),
    detail: nullable(text),
  }),
  {
    id: '0198c0de-0000-7000-8000-00000000000a',
    service: 'governance',
    readModels: ['identity'],
    status: 'running',
    total: 5000,
    processed: 1200,
    startedAt: '2026-11-28T08:00:00.000Z',
    finishedAt: null,
    detail: null,
  },
);

export const readModelsAnswer = named(
  'ReadModels',
  object<ReadModelsView>({
    items: list(
      object<ReadModelView>({
        name: text,
        tables: list(text),
        fold: count,
        notDerived: list(object<ReadModelView['notDerived'][number]>({ column: text, decidedBy: text })),
      }),
    ),
    messageFed: list(object<ReadModelsView['messageFed'][number]>({ table: text, restatedBy: text })),
  }),
  {
    items: [
      {
        name: 'request',
        tables: ['request'],
        fold: 1,
        notDerived: [{ column: 'request.deciders', decidedBy: 'of requests made before their approvers were kept' }],
      },
    ],
    messageFed: [{ table: 'known_identity', restatedBy: 'hub republish governance --from TIME' }],
  },
);
