import { setTimeout as wait } from 'node:timers/promises';
import {
  type ApiAnswer,
  type ApiRequest,
  type BatonApi,
  createBatonApi,
  Unreachable,
} from '../../src/feed/baton-api.js';

/** One write as its client knows it: sent with one key until there was an answer. */
export interface Exchange {
  readonly request: ApiRequest;
  /** Null: the patience was over. */
  readonly answer: ApiAnswer | null;
  /** Sent in vain because nobody answered, and because the answer was 503. */
  readonly unanswered: number;
  readonly unavailable: number;
  /** From the first sending to the answer, in milliseconds. */
  readonly tookMs: number;
}

export interface PersistentClient {
  readonly api: BatonApi;
  /** All writes that came to an end, in that order. */
  readonly exchanges: readonly Exchange[];
  /** Reads that were sent again. */
  readonly readsRepeated: () => number;
}

export interface PersistentOptions {
  readonly url: string;
  readonly key: string;
  readonly patienceMs: number;
  /** Waited for before a write is sent for the first time. */
  readonly before?: (request: ApiRequest) => Promise<void>;
}

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 1_000;

/** A client that remembers every write and repeats it, with the same key, until somebody answers. */
export function createPersistentClient(options: PersistentOptions): PersistentClient {
  const { url, key, patienceMs, before } = options;
  const once = createBatonApi({ url, key, attempts: 1 });
  const exchanges: Exchange[] = [];
  let readsRepeated = 0;

  const api: BatonApi = async (request) => {
    const isWrite = request.method !== 'GET';
    if (isWrite) await before?.(request);
    const started = Date.now();
    const vain = { unanswered: 0, unavailable: 0 };
    const end = (answer: ApiAnswer | null): void => {
      if (isWrite) exchanges.push({ request, answer, ...vain, tookMs: Date.now() - started });
      else readsRepeated += vain.unanswered + vain.unavailable;
    };
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
      const answer = await once(request).catch((error: unknown) => {
        if (error instanceof Unreachable) return null;
        throw error;
      });
      if (answer !== null && answer.status !== 503 && answer.status !== 429) {
        end(answer);
        return answer;
      }
      if (answer === null) vain.unanswered += 1;
      else vain.unavailable += 1;
      if (Date.now() - started > patienceMs) {
        end(null);
        throw new Error(`${request.method} ${request.path}: no answer in ${patienceMs / 1000} s`);
      }
      await wait(pause);
    }
  };
  return { api, exchanges, readsRepeated: () => readsRepeated };
}
