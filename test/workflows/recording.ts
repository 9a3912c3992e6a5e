import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { WorkflowHandle } from '@temporalio/client';
import proto from '@temporalio/proto';
import { projectRoot } from '../../src/embedded/project-root.js';

// The SDK's own JSON needs one copy of protobufjs; an installation may have several.
const { History } = proto.temporal.api.history.v1;
const FOLDER = join(projectRoot(), 'test', 'histories');

/**
 * Keeps the history of a scenario's newest run for the replay test, when RECORD=1 is set:
 * `RECORD=1 npx jest test/workflows test/e2e/counts`.
 */
export async function keepHistory(name: string, handle: WorkflowHandle): Promise<void> {
  if (process.env.RECORD !== '1') return;
  const history = History.toObject(History.fromObject(await handle.fetchHistory()), {
    longs: String,
    enums: String,
    bytes: String,
  });
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(join(FOLDER, `${name}.json`), `${JSON.stringify(withoutMachine(history), null, 1)}\n`);
}

export interface RecordedHistory {
  readonly name: string;
  readonly history: proto.temporal.api.history.v1.History;
}

export const recordedHistories = (): readonly RecordedHistory[] =>
  readdirSync(FOLDER)
    .filter((file) => file.endsWith('.json'))
    .map((file) => ({
      name: file,
      history: History.fromObject(read(join(FOLDER, file))),
    }));

const read = (file: string): Record<string, unknown> =>
  JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;

/** Where it was recorded is nobody's business, and no replay reads it. */
function withoutMachine(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutMachine);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => {
      if (key === 'identity') return [key, 'recorded'];
      if (key === 'stackTrace') return [key, ''];
      if (key === 'stickyAttributes' || key === 'workerInstanceKey') return [key, undefined];
      if (key === 'taskQueue' && typeof part === 'object' && part !== null)
        return [key, { name: 'recorded' }];
      return [key, withoutMachine(part)];
    }),
  );
}
