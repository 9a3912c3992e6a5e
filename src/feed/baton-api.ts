import { setMaxListeners } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';

export interface ApiAnswer {
  readonly status: number;
  /** Parsed JSON; null when the answer had none. */
  readonly body: unknown;
}

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH';
  readonly path: string;
  readonly body?: unknown;
  /** Instead of a body: texts and files, which may take their time. */
  readonly form?: FormData;
  /** Idempotency-Key. */
  readonly key?: string;
  /** Rep for whom an admin key acts. */
  readonly rep?: string;
  /** Such as `application/yaml`, for a body that is a text. */
  readonly type?: string;
}

/** Sends to a running Baton; what may pass is tried again. */
export type BatonApi = (request: ApiRequest) => Promise<ApiAnswer>;

export interface BatonApiOptions {
  readonly url: string;
  readonly key: string;
  /** How often a request is sent at most. */
  readonly attempts?: number;
  /**
   * Instead of `attempts`: for how long a request is sent again and again. A fault of the server (5xx) then
   * counts as one that may pass.
   */
  readonly patienceMs?: number;
  readonly longestPauseMs?: number;
  /** Hears why a request is sent again: the status, or 0 when nobody answered. */
  readonly onRetry?: (status: number) => void;
  /** Ends every wait: the request fails with the signal's reason. */
  readonly signal?: AbortSignal;
}

const REQUEST_TIMEOUT_MS = 30_000;
const UPLOAD_TIMEOUT_MS = 600_000;
const LONGEST_PAUSE_MS = 10_000;

/** Nobody answered, or nobody could: after all attempts, or all patience. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';
}

/** A client that waits as long as 429 and 503 ask for; requests are sent again with the same key. */
export function createBatonApi(options: BatonApiOptions): BatonApi {
  const { url, attempts = 8, patienceMs, onRetry, signal } = options;
  // Each request under way listens.
  if (signal !== undefined) setMaxListeners(0, signal);
  return async (request) => {
    const started = Date.now();
    for (let attempt = 1; ; attempt++) {
      const { answer, pauseMs } = await sendOnce(options, request, attempt);
      const exhausted = patienceMs === undefined ? attempt >= attempts : Date.now() - started >= patienceMs;
      if (answer !== null && (pauseMs === null || exhausted)) return answer;
      if (exhausted) {
        throw new Unreachable(
          `Baton does not answer at ${url}. Start it with "npm start", or name it with --url.`,
        );
      }
      onRetry?.(answer?.status ?? 0);
      await pause(pauseMs ?? 0, signal);
    }
  };
}

async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) return wait(ms);
  // Node wraps the reason in an error of its own.
  await wait(ms, undefined, { signal }).catch(() => signal.throwIfAborted());
}

interface Sent {
  readonly answer: ApiAnswer | null;
  /** Null: this is the answer; else: send again after this pause. */
  readonly pauseMs: number | null;
}

async function sendOnce(options: BatonApiOptions, request: ApiRequest, attempt: number): Promise<Sent> {
  const { longestPauseMs = LONGEST_PAUSE_MS, patienceMs, signal } = options;
  const backOff = Math.min(longestPauseMs, 100 * 2 ** attempt);
  let response: Response;
  let text: string;
  // Not AbortSignal.any: Node may collect a timeout that only it refers to, and the request then has none.
  const limit = new AbortController();
  const stop = (): void => limit.abort();
  const timer = setTimeout(stop, request.form === undefined ? REQUEST_TIMEOUT_MS : UPLOAD_TIMEOUT_MS);
  signal?.addEventListener('abort', stop);
  try {
    signal?.throwIfAborted();
    response = await fetch(new URL(request.path, options.url), {
      ...contentOf(options.key, request),
      signal: limit.signal,
    });
    text = await response.text();
  } catch {
    signal?.throwIfAborted();
    return { answer: null, pauseMs: backOff };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', stop);
  }
  const answer = { status: response.status, body: parse(text) };
  if (!mayPass(response.status, patienceMs !== undefined)) return { answer, pauseMs: null };
  const seconds = Number(response.headers.get('retry-after'));
  const asked = Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : backOff;
  return { answer, pauseMs: Math.min(longestPauseMs, asked) };
}

const mayPass = (status: number, patient: boolean): boolean =>
  status === 429 || status === 503 || (patient && status >= 500);

function contentOf(apiKey: string, { method, body, form, key, rep, type }: ApiRequest): RequestInit {
  return {
    method,
    headers: {
      authorization: `Bearer ${apiKey}`,
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': type ?? 'application/json' }),
      ...(key === undefined ? {} : { 'idempotency-key': key }),
      ...(rep === undefined ? {} : { 'baton-actor': `rep:${rep}` }),
    },
    ...(form === undefined ? {} : { body: form }),
    ...(body === undefined ? {} : { body: typeof body === 'string' && type ? body : JSON.stringify(body) }),
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** What went wrong, in the words of a problem+json answer. */
export function describeProblem({ status, body }: ApiAnswer): string {
  if (typeof body !== 'object' || body === null) return `HTTP ${status}`;
  const detail = 'detail' in body && typeof body.detail === 'string' ? body.detail : `HTTP ${status}`;
  const errors = 'errors' in body && Array.isArray(body.errors) ? body.errors : [];
  return [detail, ...errors.map((error) => JSON.stringify(error))].join(' ');
}
