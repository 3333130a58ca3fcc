import { count, number, object } from '#libs/service-kit/openapi/schema.js';
import type { QuarantineTerms } from './connector-document.js';

export const quarantineTerms = object<QuarantineTerms>({
  failures: count,
  percent: number,
  firstProbeMinutes: number,
  mostProbeMinutes: number,
});
