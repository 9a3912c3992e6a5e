import { describe, expect, it } from '@jest/globals';
import { Worker } from '@temporalio/worker';
import { leadWorkflowId } from '../../workflows/lead.messages.js';
import { workflowBundle } from '../support/temporal.js';
import { recordedHistories } from './recording.js';

const histories = recordedHistories();

describe('a recorded history', () => {
  it('is there for each scenario', () => {
    expect(histories.map(({ name }) => name).sort()).toEqual([
      'ended-and-reopened.json',
      'hand-raiser-to-sal.json',
      'moved-timer.json',
      'second-run.json',
      'survived-outage.json',
    ]);
  });

  it.each(histories.map(({ name, history }) => [name, history] as const))(
    'is replayed by today’s workflow: %s',
    async (_name, history) => {
      await Worker.runReplayHistory(
        { workflowBundle: await workflowBundle() },
        history,
        leadWorkflowId('recorded'),
      );
    },
    30_000,
  );
});
