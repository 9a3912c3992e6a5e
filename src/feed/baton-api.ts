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
}

const REQUEST_TIMEOUT_MS = 30_000;
const LONGEST_PAUSE_MS = 10_000;

/** Nobody answered, or nobody could: after all attempts. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';
}

/** A client that waits as long as 429 and 503 ask for; requests are sent again with the same key. */
export function createBatonApi({ url, key, attempts = 8 }: BatonApiOptions): BatonApi {
  return async (request) => {
    for (let attempt = 1; ; attempt++) {
      const { answer, pauseMs } = await sendOnce(url, key, request, attempt);
      if (answer !== null && (pauseMs === null || attempt >= attempts)) return answer;
      if (attempt >= attempts) {
        throw new Unreachable(
          `Baton does not answer at ${url}. Start it with "npm start", or name it with --url.`,
        );
      }
      await wait(pauseMs ?? 0);
    }
  };
}

interface Sent {
  readonly answer: ApiAnswer | null;
  /** Null: this is the answer; else: send again after this pause. */
  readonly pauseMs: number | null;
}

async function sendOnce(url: string, apiKey: string, request: ApiRequest, attempt: number): Promise<Sent> {
  const { method, path, body, key, rep, type } = request;
  const backOff = Math.min(LONGEST_PAUSE_MS, 100 * 2 ** attempt);
  let response: Response;
  let text: string;
  try {
    response = await fetch(new URL(path, url), {
      method,
      headers: {
        authorization: `Bearer ${apiKey}`,
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': type ?? 'application/json' }),
        ...(key === undefined ? {} : { 'idempotency-key': key }),
        ...(rep === undefined ? {} : { 'baton-actor': `rep:${rep}` }),
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' && type ? body : JSON.stringify(body) }),
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    });
    text = await response.text();
  } catch {
    return { answer: null, pauseMs: backOff };
  }
  const answer = { status: response.status, body: parse(text) };
  if (response.status !== 429 && response.status !== 503) return { answer, pauseMs: null };
  const seconds = Number(response.headers.get('retry-after'));
  const asked = Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : backOff;
  return { answer, pauseMs: Math.min(LONGEST_PAUSE_MS, asked) };
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
