import type { RecordedFact } from '#libs/event-store/core.js';
import { instantOfId } from '#libs/event-store/ids.js';
import type { ObservedMetrics } from '#libs/service-kit/service/service-definition.js';
import type { AccountEvent } from './account.events.js';

/** Upper bounds of the classes of `hub_access_seconds`, in seconds. */
const buckets = [1, 2, 5, 10, 30, 60, 300, 1_800, 3_600, 21_600, 86_400];

/** Facts that end an operation well, and which of them give access. */
const done: Readonly<Record<string, boolean>> = {
  AccountCreated: true,
  AccountAdopted: true,
  AccountEnabled: true,
  MembershipAdded: true,
  AccountUpdated: false,
  AccountDisabled: false,
  AccountDeleted: false,
  MembershipRemoved: false,
};

/** Counts operations by outcome, and measures the time from the cause (HR record, request, rule) to access. */
export function observeOperations(metrics: ObservedMetrics): void {
  const operations = metrics.counter(
    'hub_operations_total',
    'operations on accounts by outcome (done, retried, failed), and the code of a failure',
    ['connector', 'kind', 'outcome', 'code'],
  );
  const access = metrics.histogram(
    'hub_access_seconds',
    'time from the cause of access, such as the HR record or the request, to the answer of the application',
    ['connector'],
    buckets,
  );
  metrics.onFact((fact) => {
    // Facts of other streams have other types.
    const { type, data } = fact as RecordedFact<AccountEvent>;
    if (type === 'OperationFailed') {
      const { connector, kind, code, willRetry } = data;
      operations({ connector, kind, outcome: willRetry ? 'retried' : 'failed', code });
      return;
    }
    const gives = done[type];
    if (gives === undefined || !('kind' in data)) return;
    operations({ connector: data.connector, kind: data.kind, outcome: 'done', code: '' });
    const causedAt = instantOfId(fact.correlationId);
    if (gives && causedAt !== null)
      access({ connector: data.connector }, Math.max(0, Date.parse(fact.occurredAt) - Date.parse(causedAt)) / 1_000);
  });
}
