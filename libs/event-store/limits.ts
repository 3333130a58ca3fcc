/** Time limits for the database, in milliseconds. */
export interface Limits {
  /** Until a connection is available. */
  readonly connectionMs: number;
  /** One statement, ended by the server: it did nothing then. */
  readonly statementMs: number;
  /** Until the server answers: a little longer than its own statement limit. */
  readonly answerMs: number;
}

/** A caller notices a hanging database after `connectionMs` or `answerMs`, at the latest after both. */
export const usualLimits: Limits = { connectionMs: 4_000, statementMs: 8_000, answerMs: 10_000 };

/** What the server itself ends; 0 means never. */
export interface ServerLimits {
  readonly statementMs: number;
  /** Only if the server can limit it (17 and newer): a long transaction stops every reader of the cluster. */
  readonly transactionMs: number;
}

/** As expressions of a select list, for a connection that is new. */
export function settingLimits({ statementMs, transactionMs }: ServerLimits): string {
  return `set_config('statement_timeout', '${statementMs}', false),
    case when current_setting('server_version_num')::int >= 170000
      then set_config('transaction_timeout', '${transactionMs}', false) end`;
}

/** A statement for the driver, which gives up waiting for its answer after `answerMs`. */
export function withTimeout(answerMs: number, text: string): { text: string; query_timeout: number } {
  return { text, query_timeout: answerMs };
}
