import { pino, type Logger } from 'pino';
import type { LoggerService } from '@nestjs/common';
import { correlation } from '#libs/system/traceparent.js';

/** The fields of an error that may be logged: never parameters, query or row details, which hold data of requests. */
function errorFields(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { message: String(error) };
  const message = messageOf(error);
  return {
    type: error.name,
    message,
    ...('code' in error ? { code: error.code } : {}),
    stack: error.stack?.replace(error.message, message),
    ...(error.cause === undefined ? {} : { cause: errorFields(error.cause) }),
  };
}

/** PostgreSQL's data exceptions (SQLSTATE class 22) quote the value they are about. */
function messageOf(error: Error): string {
  const quotes = 'code' in error && typeof error.code === 'string' && /^22[0-9A-Z]{3}$/.test(error.code);
  return quotes ? error.message.replace(/"[^]*"/, '"…"') : error.message;
}

/** One JSON object on each line. A line break in a value is escaped, so that no value can forge a log line. */
export class JsonLogger implements LoggerService {
  private readonly pino: Logger;

  constructor(service: string, destination?: { write(line: string): void }) {
    const options = {
      base: { service },
      mixin: correlation,
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { err: errorFields },
    };
    this.pino = destination === undefined ? pino(options) : pino(options, destination);
  }

  log(message: unknown, ...rest: unknown[]): void {
    this.write('info', message, rest);
  }
  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', message, rest);
  }
  error(message: unknown, ...rest: unknown[]): void {
    this.write('error', message, rest);
  }
  fatal(message: unknown, ...rest: unknown[]): void {
    this.write('fatal', message, rest);
  }
  debug(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }
  verbose(message: unknown, ...rest: unknown[]): void {
    this.write('trace', message, rest);
  }

  /** Nest gives the context last and a stack before it. An object's `message` is the text, the rest are fields. */
  private write(
    level: 'info' | 'warn' | 'error' | 'fatal' | 'debug' | 'trace',
    message: unknown,
    rest: unknown[],
  ): void {
    const context = rest.at(-1);
    if (level === 'info' && typeof context === 'string' && frameworkNoise.has(context)) return;
    const error = [message, ...rest].find((part) => part instanceof Error);
    const fields = {
      ...(message instanceof Error || typeof message !== 'object' ? {} : message),
      ...(typeof context === 'string' ? { context } : {}),
      ...(error === undefined ? {} : { err: error }),
    };
    this.pino[level]({ ...fields, message: undefined }, textOf(message));
  }
}

/** Nest's own messages about its start: every module and every route. */
const frameworkNoise = new Set([
  'NestFactory',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestApplication',
]);

function textOf(message: unknown): string {
  if (message instanceof Error) return messageOf(message);
  if (typeof message === 'object' && message !== null && 'message' in message) return String(message.message);
  return typeof message === 'string' ? message : JSON.stringify(message);
}
