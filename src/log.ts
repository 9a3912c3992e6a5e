import { LOG_LEVELS, type LogLevel } from './config.js';

/** Structured log lines: one JSON object each, without personal data. */
export interface Log {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

/** Beside the line's own words; `at`, `level`, `process` and `message` are taken. */
export type LogFields = Readonly<Record<string, string | number | boolean | null>>;

export interface LogOptions {
  /** Which process writes, such as `api`. */
  readonly process: string;
  readonly level: LogLevel;
  readonly now: () => number;
  /** Takes one line without its line break. */
  readonly write: (line: string) => void;
}

export function createLog({ process, level, now, write }: LogOptions): Log {
  const lowest = LOG_LEVELS.indexOf(level);
  const at =
    (own: 'info' | 'warn' | 'error') =>
    (message: string, fields: LogFields = {}): void => {
      if (LOG_LEVELS.indexOf(own) > lowest) return;
      write(JSON.stringify({ ...fields, at: new Date(now()).toISOString(), level: own, process, message }));
    };
  return { info: at('info'), warn: at('warn'), error: at('error') };
}

/** For tests and tools that keep quiet. */
export const SILENT: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };
