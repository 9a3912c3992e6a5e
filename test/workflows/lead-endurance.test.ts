import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Answer, ApplyRequest } from '../../src/domain/journey/apply.types.js';
import { DAY, MINUTE, SECOND } from '../../src/domain/time.js';
import { LeadsUnavailable } from '../../src/leads/lead-gateway.js';
import { leadSearchAttributes, leadWorkflowId } from '../../workflows/lead.messages.js';
import { fastForward } from '../support/temporal.js';
import { keepHistory } from './recording.js';
import { Desk, until, useShell } from './shell.js';

const refused = (): Error => Object.assign(new Error('connection refused'), { code: 'ECONNREFUSED' });

const desks = new Map<string, Desk>();
const shell = useShell(async (request: ApplyRequest) => desks.get(request.leadId)!.apply(request));

describe('the workflow of a lead that lives long', () => {
  let lead: string;
  let desk: Desk;

  beforeEach(() => {
    lead = randomUUID();
    desk = new Desk();
    desks.set(lead, desk);
  });

  const handle = () => shell().temporal.client.workflow.getHandle(leadWorkflowId(lead));
  const runs = async (): Promise<number> => {
    let count = 0;
    const query = `WorkflowId = '${leadWorkflowId(lead)}'`;
    for await (const _ of shell().temporal.client.workflow.list({ query })) count++;
    return count;
  };

  /** As a client does: what nobody decided about in time is sent again with the same id. */
  const answered = async (id: string): Promise<Answer> => {
    for (;;) {
      try {
        return await shell().gateway.command(lead, 'tags', id);
      } catch (error) {
        if (!(error instanceof LeadsUnavailable)) throw error;
      }
    }
  };

  it('loses none of 300 commands while it continues as new', async () => {
    desk.wakeAt = Date.now() + 3 * DAY;
    const ids = Array.from({ length: 300 }, (_, i) => `command-${i}`);
    const answers = await Promise.all(ids.map(answered));
    expect(answers.every(({ outcome }) => outcome === 'done')).toBe(true);
    expect(desk.decided.size).toBe(300);
    expect(new Set(answers.map(({ seq }) => seq)).size).toBe(300);
    await until(async () => (await runs()) > 1, 'more than one run is listed');
  }, 60_000);

  it('keeps its timer and its search attributes when it continues as new', async () => {
    desk.wakeAt = Date.now() + 3 * DAY;
    const due = desk.wakeAt;
    const first = (await handleAfter('first')).runId;
    let i = 0;
    await until(async () => {
      await Promise.all(Array.from({ length: 20 }, () => shell().gateway.command(lead, 'tags', `c-${i++}`)));
      return (await handle().describe()).runId !== first;
    }, 'it continues as new');
    const { typedSearchAttributes } = await handle().describe();
    expect(typedSearchAttributes.get(leadSearchAttributes.stage)).toBe('mql.offered');
    expect(typedSearchAttributes.get(leadSearchAttributes.due)?.getTime()).toBe(due);
    const before = desk.calls.length;
    desk.before = ({ at }) => {
      if (at >= due) desk.wakeAt = null;
    };
    await fastForward(shell().temporal.client, leadWorkflowId(lead), 2 * DAY);
    expect(desk.calls.length).toBe(before);
    await fastForward(shell().temporal.client, leadWorkflowId(lead), 2 * DAY);
    await until(() => desk.calls.length > before, 'the timer fires');
    expect(desk.calls.at(-1)!.at).toBeGreaterThanOrEqual(due);
    await keepHistory('second-run', handle());
  }, 60_000);

  async function handleAfter(id: string) {
    await shell().gateway.command(lead, 'tags', id);
    return handle().describe();
  }

  /** A run to whose limit 80 events are missing, at most; the server holds back 100 while a task runs. */
  async function almostLong(): Promise<string> {
    let i = 0;
    let run = await handleAfter('before');
    while (run.historyLength < 440) run = await handleAfter(`filler-${i++}`);
    return run.runId;
  }
  const ring80 = () => Promise.all(Array.from({ length: 80 }, () => shell().gateway.ring(lead, 'score')));

  it('answers "unavailable" during an outage and recovers with a fresh time and the same command', async () => {
    await shell().gateway.command(lead, 'accept', 'before');
    let down = true;
    desk.before = () => {
      if (down) throw refused();
    };
    await expect(shell().gateway.command(lead, 'won', 'during')).rejects.toThrow(LeadsUnavailable);
    const failed = desk.calls.filter(({ command }) => command === 'during');
    expect(failed.length).toBeGreaterThan(3);
    const given = failed[0]!.at;
    await until(() => desk.calls.some(({ at }) => at > given), 'it tries with a fresh time');
    expect(desk.calls.filter(({ at }) => at > given)[0]!.at - given).toBeLessThan(13 * SECOND);
    down = false;
    await until(() => desk.decided.has('during'), 'it recovers', 40_000);
    const answer = await shell().gateway.command(lead, 'won', 'during');
    expect(answer).toMatchObject({ outcome: 'done', seq: 2 });
    expect(desk.calls.at(-1)!.at - given).toBeGreaterThan(6 * SECOND);
    expect(desk.decided.size).toBe(2);
    await keepHistory('survived-outage', handle());
  }, 60_000);

  it('continues as new during an outage and still carries out what was asked of it', async () => {
    const first = await almostLong();
    let down = true;
    desk.before = () => {
      if (down) throw refused();
    };
    const asked = shell().gateway.command(lead, 'won', 'during');
    const refusedAsked = expect(asked).rejects.toThrow(LeadsUnavailable);
    await ring80();
    await refusedAsked;
    await until(async () => (await handle().describe()).runId !== first, 'it continues as new', 30_000);
    // Nobody asks again: what the first run was asked is handed on.
    down = false;
    await until(() => desk.decided.has('during'), 'it is carried out', 40_000);
    await until(() => desk.calls.at(-1)!.command === null, 'it hears who rang during the outage');
    expect(await shell().gateway.command(lead, 'won', 'during')).toMatchObject({ outcome: 'done' });
    const { events } = await handle().fetchHistory();
    expect(events!.length).toBeLessThan(200);
  }, 90_000);

  it('looks again after an outage through which it continued as new', async () => {
    const first = await almostLong();
    let down = true;
    desk.before = () => {
      if (down) throw refused();
    };
    await ring80();
    await until(async () => (await handle().describe()).runId !== first, 'it continues as new', 30_000);
    const failed = desk.calls.length;
    down = false;
    await until(() => desk.calls.length > failed, 'it looks again', 40_000);
  }, 90_000);

  it('gives up on a database that hangs, and asks again with a fresh time', async () => {
    const hung: (() => void)[] = [];
    desk.before = () => (desk.calls.length < 3 ? new Promise((resolve) => hung.push(resolve)) : undefined);
    const sent = shell().gateway.command(lead, 'accept', 'hung');
    await expect(sent).rejects.toThrow(LeadsUnavailable);
    await until(() => desk.decided.has('hung'), 'it recovers', 20_000);
    const [first, second, third] = desk.calls;
    for (const release of hung) release();
    expect(second!.at).toBe(first!.at);
    expect(third!.at - first!.at).toBeGreaterThan(10 * SECOND);
  }, 60_000);

  it('looks again when somebody rings while a look takes long', async () => {
    const hung: (() => void)[] = [];
    desk.before = () => (desk.calls.length < 3 ? new Promise((resolve) => hung.push(resolve)) : undefined);
    await shell().gateway.ring(lead, 'fact');
    await until(() => desk.calls.length === 1, 'it looks');
    await shell().gateway.ring(lead, 'pool');
    const tasks = async (): Promise<number> =>
      ((await handle().fetchHistory()).events ?? []).filter((e) => e.workflowTaskStartedEventAttributes)
        .length;
    // The second task brings the ring while the look of the first one still runs.
    await until(async () => (await tasks()) > 1 && desk.calls.length > 1, 'the ring is heard');
    for (const release of hung) release();
    await until(() => desk.calls.length > 2, 'it looks again');
  }, 60_000);

  it('keeps its clock when a command breaks', async () => {
    desk.wakeAt = Date.now() + 20 * MINUTE;
    const due = desk.wakeAt;
    await shell().gateway.command(lead, 'accept', 'sound');
    desk.before = ({ command, at }) => {
      if (command === 'broken') throw Object.assign(new Error('gone'), { name: 'JournalConflict' });
      if (at >= due) desk.wakeAt = null;
    };
    await expect(shell().gateway.command(lead, 'accept', 'broken')).rejects.toThrow('needs repair');
    await fastForward(shell().temporal.client, leadWorkflowId(lead), 21 * MINUTE);
    await until(
      () => desk.calls.at(-1)!.at >= due && desk.calls.at(-1)!.command === null,
      'it looks at the deadline',
    );
    expect(desk.calls.at(-1)!.at).toBeLessThan(due + MINUTE);
  });
});
