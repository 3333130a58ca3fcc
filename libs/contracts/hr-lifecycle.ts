/** `hub.hr.lifecycle`: what HR states about a worker's employment. Key and subject: the person's UUID. */

/** A worker as HR states it. Dates are calendar dates (`YYYY-MM-DD`) in the worker's zone. */
export interface WorkerAttributes {
  readonly employeeId: string;
  readonly personId?: string;
  readonly givenName?: string;
  readonly familyName: string;
  readonly middleName?: string;
  readonly honorificPrefix?: string;
  readonly honorificSuffix?: string;
  readonly preferredName?: string;
  readonly preferredLanguage?: string;
  readonly birthDate?: string;
  readonly email?: string;
  readonly phoneNumbers?: readonly string[];
  readonly addresses?: readonly string[];
  readonly department?: string;
  readonly division?: string;
  readonly costCenter?: string;
  readonly company?: string;
  readonly jobTitle?: string;
  readonly location?: string;
  readonly country?: string;
  /** The manager's employeeId. */
  readonly managerId?: string;
  readonly employmentType?: string;
  readonly sponsorId?: string;
  readonly timeZone?: string;
  readonly status?: 'active' | 'on-leave';
  /** First day. */
  readonly hireDate: string;
  readonly lastWorkingDay?: string;
  /** Last day employed, inclusive. */
  readonly terminationDate?: string;
  /** Instant (ISO 8601 with offset). */
  readonly accessEndsAt?: string;
  readonly terminationType?: string;
  readonly leaveFrom?: string;
  readonly leaveUntil?: string;
  readonly custom?: Readonly<Record<string, string>>;
}

/** Fields that no worker is without. */
export const fieldsOfEveryWorker = ['employeeId', 'familyName', 'hireDate'] as const;

const isWorker = (fields: object): fields is WorkerAttributes => {
  const given = new Map<string, unknown>(Object.entries(fields));
  return fieldsOfEveryWorker.every((name) => typeof given.get(name) === 'string');
};

/** A record whose fields were checked one by one, as a worker. @throws Error where it lacks a field that every worker has */
export function workerOf(fields: object): WorkerAttributes {
  if (isWorker(fields)) return fields;
  throw new Error(`a worker has ${fieldsOfEveryWorker.join(', ')}: this record lacks one of them`);
}

/** Field names of a worker, in the order of the CSV template. */
export const workerFields = [
  'employeeId',
  'personId',
  'givenName',
  'familyName',
  'middleName',
  'honorificPrefix',
  'honorificSuffix',
  'preferredName',
  'preferredLanguage',
  'birthDate',
  'email',
  'phoneNumbers',
  'addresses',
  'department',
  'division',
  'costCenter',
  'company',
  'jobTitle',
  'location',
  'country',
  'managerId',
  'employmentType',
  'sponsorId',
  'timeZone',
  'status',
  'hireDate',
  'lastWorkingDay',
  'terminationDate',
  'accessEndsAt',
  'terminationType',
  'leaveFrom',
  'leaveUntil',
  'custom',
] as const satisfies readonly (keyof WorkerAttributes)[];

/** Fields that hold keys: compared exactly, in their canonical form. */
export const workerKeys: ReadonlySet<string> = new Set<keyof WorkerAttributes>([
  'employeeId',
  'personId',
  'managerId',
  'sponsorId',
]);

export type WorkerEventKind =
  /** Known, but not employed yet: the person gets no access. */
  | 'recorded'
  | 'hired'
  | 'changed'
  | 'moved'
  | 'manager-changed'
  | 'terminated'
  | 'rehired'
  | 'leave-started'
  | 'leave-ended';

/** The only kind that gives no access. */
export const workerRecorded = 'hub.hr.worker.recorded.v1';

export type WorkerEventType = `hub.hr.worker.${WorkerEventKind}.v1`;

/** Body of every `hub.hr.worker.*.v1`: the worker's whole state at this version. */
export interface WorkerMessage {
  /** UUID of the worker (the personal subject in hr-ingest). */
  readonly worker: string;
  /** UUID of the person, who may have several workers. The message's key. */
  readonly person: string;
  /** Is the employment live after this event? */
  readonly employed: boolean;
  readonly onLeave: boolean;
  /** Personal. */
  readonly attributes: WorkerAttributes;
  /** Personal: the former values of what changed; an attribute that was absent is null. */
  readonly before: Readonly<Record<string, unknown>>;
}
