/** Of `hub.provisioning.results`: lists of accounts that owners of an application upload. Key: the connector. */

export const accountListReceived = 'hub.provisioning.account-list.received.v1';
export const accountListStale = 'hub.provisioning.account-list.stale.v1';

export interface AccountListMessage {
  readonly connector: string;
  readonly applications: readonly string[];
  /** When the accounts were so; null: there is no list yet. */
  readonly asOf: string | null;
  readonly accounts?: number;
  /** Every line could be read. */
  readonly whole?: boolean;
  /** UUID of who uploaded it. */
  readonly by?: string;
  /** 1 for the first reminder since the newest list. */
  readonly reminder?: number;
}
