import { count, instant, list, named, nullable, object, oneOf, text, uuid } from '#libs/service-kit/openapi/schema.js';
import type { ImportDetailView, ImportView } from './read-imports.query.js';

const fields = {
  id: uuid,
  mode: oneOf('delta', 'full'),
  population: nullable(text),
  status: oneOf('running', 'held', 'completed', 'failed', 'cancelled'),
  total: count,
  processed: count,
  created: count,
  changed: count,
  terminated: count,
  unchanged: count,
  rejected: count,
  held: count,
  reasons: list(text),
  createdAt: instant,
  finishedAt: nullable(instant),
  detail: nullable(text),
} as const;

const example: ImportView = {
  id: '0198c0de-0000-7000-8000-00000000000c',
  mode: 'delta',
  population: null,
  status: 'completed',
  total: 25,
  processed: 25,
  created: 22,
  changed: 1,
  terminated: 1,
  unchanged: 0,
  rejected: 1,
  held: 0,
  reasons: [],
  createdAt: '2026-03-02T09:00:00.000Z',
  finishedAt: '2026-03-02T09:00:01.000Z',
  detail: null,
};

/** An import in a list. */
export const importAnswer = named('Import', object<ImportView>(fields), example);

export const importDetailAnswer = named(
  'ImportDetail',
  object<ImportDetailView>({
    ...fields,
    rejections: list(
      object<ImportDetailView['rejections'][number]>({
        line: count,
        employeeId: nullable(text),
        field: nullable(text),
        detail: text,
      }),
    ),
  }),
  {
    ...example,
    rejections: [
      { line: 14, employeeId: '1014', field: 'hireDate', detail: 'must be a date that exists, as YYYY-MM-DD' },
    ],
  },
);
