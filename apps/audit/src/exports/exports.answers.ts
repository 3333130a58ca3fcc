import {
  count,
  either,
  instant,
  named,
  nullable,
  object,
  oneOf,
  text,
  uuid,
} from '#libs/service-kit/openapi/schema.js';
import type { ExportJob } from './export-job.store.js';

export interface ExportView {
  readonly id: string;
  readonly status: ExportJob['status'];
  readonly scope: { readonly identity: string } | { readonly application: string };
  readonly from: string;
  readonly to: string;
  readonly size: number;
  readonly entries: number | null;
  /** Path of the zip; null until it is ready. */
  readonly href: string | null;
  readonly error: string | null;
  readonly requestedAt: string;
  readonly finishedAt: string | null;
}

export const exportAnswer = named(
  'Export',
  object<ExportView>({
    id: uuid,
    status: oneOf('running', 'completed', 'failed'),
    scope: either(
      object<{ readonly identity: string }>({ identity: uuid }),
      object<{ readonly application: string }>({ application: text }),
    ),
    from: instant,
    to: instant,
    size: count,
    entries: nullable(count),
    href: nullable(text),
    error: nullable(text),
    requestedAt: instant,
    finishedAt: nullable(instant),
  }),
  {
    id: '0198c0de-0000-7000-8000-0000000000ee',
    status: 'completed',
    scope: { application: 'chat' },
    from: '2026-01-01T00:00:00.000Z',
    to: '2026-03-31T23:59:59.999Z',
    size: 1804,
    entries: 211,
    href: '/audit/v1/exports/0198c0de-0000-7000-8000-0000000000ee/pack',
    error: null,
    requestedAt: '2026-04-01T08:00:00.000Z',
    finishedAt: '2026-04-01T08:00:00.400Z',
  },
);
