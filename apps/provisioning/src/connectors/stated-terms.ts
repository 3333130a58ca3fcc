import type { ProblemError } from '#libs/problems/problem.js';
import { isDuration } from '#libs/text/duration.js';
import type { LimitsDto } from './connector-calls.dto.js';
import type { ConnectorDocument } from './connector-document.js';
import type { ConnectorDto } from './connector.dto.js';

export function deprovisionOf({
  onUnassign,
  onLeave,
  deleteAfter,
}: Partial<ConnectorDocument['deprovision']>): ConnectorDocument['deprovision'] {
  return { onUnassign: onUnassign ?? 'disable', onLeave: onLeave ?? 'disable', deleteAfter: deleteAfter ?? null };
}

export function deprovisionProblems({ deprovision }: Pick<ConnectorDto, 'deprovision'>): ProblemError[] {
  const deleteAfter = deprovision?.deleteAfter ?? null;
  if (deleteAfter === null || isDuration(deleteAfter)) return [];
  const detail = 'must be an ISO 8601 duration greater than zero, for example P30D';
  return [{ pointer: '/deprovision/deleteAfter', detail }];
}

/** @param made groups of a name can be made in the application */
export function groupsOf(
  { mode, create }: Partial<ConnectorDocument['groups']>,
  made: boolean,
): ConnectorDocument['groups'] {
  return { mode: mode ?? 'by-name', create: create ?? (made && mode !== 'by-id') };
}

export function groupsProblems({ groups }: Pick<ConnectorDto, 'groups'>): ProblemError[] {
  if (groups?.mode !== 'by-id' || groups.create !== true) return [];
  const detail = 'must be false in mode by-id: the application gives a group its id. Make the group there';
  return [{ pointer: '/groups/create', detail }];
}

export function limitsOf(limits: LimitsDto | undefined): ConnectorDocument['limits'] {
  const { concurrency, requestsPerSecond, bulk }: Partial<LimitsDto> = limits ?? {};
  return { concurrency: concurrency ?? 32, requestsPerSecond: requestsPerSecond ?? null, bulk: bulk ?? 'auto' };
}

export function retryOf(retry: Partial<ConnectorDocument['retry']> | undefined): ConnectorDocument['retry'] {
  const { firstSeconds, mostSeconds, attempts } = retry ?? {};
  return { firstSeconds: firstSeconds ?? 1, mostSeconds: mostSeconds ?? 60, attempts: attempts ?? 8 };
}

export function quarantineOf(
  stated: Partial<ConnectorDocument['quarantine']> | undefined,
): ConnectorDocument['quarantine'] {
  const { failures, percent, firstProbeMinutes, mostProbeMinutes } = stated ?? {};
  return {
    failures: failures ?? 100,
    percent: percent ?? 40,
    firstProbeMinutes: firstProbeMinutes ?? 15,
    mostProbeMinutes: mostProbeMinutes ?? 1_440,
  };
}

export function thresholdOf(
  stated: Partial<ConnectorDocument['accidentalDeletionThreshold']> | undefined,
): ConnectorDocument['accidentalDeletionThreshold'] {
  const { people, percent, least } = stated ?? {};
  return { people: people ?? 500, percent: percent ?? 5, least: least ?? 10 };
}
