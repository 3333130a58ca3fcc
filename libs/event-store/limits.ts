/** How long anything may take that works with the database, in milliseconds. */
export interface Limits {
  /** Until there is a connection, made or given back by somebody. */
  readonly connectionMs: number;
  /** One statement, ended by the server: it did nothing then. */
  readonly statementMs: number;
  /** Until the server answers, whatever it says: shortly after it should have ended the statement by itself. */
  readonly answerMs: number;
}

/** Whoever meets a database that hangs knows it after `connectionMs` or `answerMs`, and never later than after both. */
export const usualLimits: Limits = { connectionMs: 4_000, statementMs: 8_000, answerMs: 10_000 };

/** What the server itself ends; 0 means never. */
export interface ServerLimits {
  readonly statementMs: number;
  /** Only where the server can limit it (17 and newer): a long transaction holds up every reader of the cluster. */
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
