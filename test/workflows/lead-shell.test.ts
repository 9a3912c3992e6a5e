import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { WorkflowHandle } from '@temporalio/client';
import type { ApplyRequest } from '../../src/domain/journey/apply.types.js';
import { HOUR, MINUTE } from '../../src/domain/time.js';
import { LeadFaulty } from '../../src/leads/lead-gateway.js';
import { leadSearchAttributes, leadWorkflowId } from '../../workflows/lead.messages.js';
import { fastForward } from '../support/temporal.js';
import { keepHistory } from './recording.js';
import { Desk, until, useShell } from './shell.js';

const pgError = (code: string): Error => Object.assign(new Error('secret'), { code });

const desks = new Map<string, Desk>();
const shell = useShell(async (request: ApplyRequest) => desks.get(request.leadId)!.apply(request));

describe('the workflow of a lead', () => {
  let lead: string;
  let desk: Desk;
  let handle: WorkflowHandle;

  beforeEach(() => {
    lead = randomUUID();
    desk = new Desk();
    desks.set(lead, desk);
    handle = shell().temporal.client.workflow.getHandle(leadWorkflowId(lead));
  });

  const events = async () => (await handle.fetchHistory()).events ?? [];
  const timers = async (): Promise<number> =>
    (await events()).filter(({ timerStartedEventAttributes }) => timerStartedEventAttributes).length;

  it('looks at once when it is rung for the first time', async () => {
    await shell().gateway.ring(lead, 'fact');
    await until(() => desk.calls.length > 0, 'it looks');
    expect(desk.calls[0]).toMatchObject({ leadId: lead, command: null });
  });

  it('answers a command that starts it', async () => {
    const answer = await shell().gateway.command(lead, 'accept', 'accept-1');
    expect(answer).toMatchObject({ outcome: 'done', seq: 1 });
  });

  it('gives a repeated command the stored answer', async () => {
    const first = await shell().gateway.command(lead, 'accept', 'accept-1');
    const again = await shell().gateway.command(lead, 'accept', 'accept-1');
    expect(again).toEqual(first);
    expect(desk.decided.size).toBe(1);
  });

  it('is the single writer of its lead', async () => {
    desk.before = () => new Promise((resolve) => setTimeout(resolve, 10));
    const kinds = ['accept', 'decline', 'first_response', 'won'] as const;
    await Promise.all(
      Array.from({ length: 40 }, (_, i) => shell().gateway.command(lead, kinds[i % 4]!, `command-${i}`)),
    );
    expect(desk.decided.size).toBe(40);
    expect(desk.mostAtOnce).toBe(1);
  });

  it('arms its timer once and leaves it alone while the wake-up stays the same', async () => {
    desk.wakeAt = Date.now() + HOUR;
    for (const id of ['a', 'b', 'c']) await shell().gateway.command(lead, 'accept', id);
    expect(await timers()).toBe(1);
    desk.wakeAt += MINUTE;
    await shell().gateway.command(lead, 'accept', 'd');
    await until(async () => (await timers()) === 2, 'the timer moves');
    desk.wakeAt = null;
    await shell().gateway.command(lead, 'accept', 'e');
    const cancelled = async () =>
      (await events()).filter((event) => event.timerCanceledEventAttributes).length;
    await until(async () => (await cancelled()) === 2, 'the timer is cancelled');
    await keepHistory('moved-timer', handle);
  });

  it('looks again when its timer fires, at that time', async () => {
    desk.wakeAt = Date.now() + 3 * HOUR;
    const due = desk.wakeAt;
    await shell().gateway.ring(lead, 'fact');
    await until(async () => (await timers()) === 1, 'the timer is armed');
    desk.before = ({ at }) => {
      if (at >= due) desk.wakeAt = null;
    };
    await fastForward(shell().temporal.client, handle.workflowId, 2 * HOUR);
    expect(desk.calls.at(-1)?.at).toBeLessThan(due);
    await fastForward(shell().temporal.client, handle.workflowId, 2 * HOUR);
    await until(() => (desk.calls.at(-1)?.at ?? 0) >= due, 'it looks after the deadline');
  });

  it('shows its attributes in one upsert and none when nothing has changed', async () => {
    for (const id of ['a', 'b', 'c']) await shell().gateway.command(lead, 'accept', id);
    const upserts = (await events()).filter((e) => e.upsertWorkflowSearchAttributesEventAttributes);
    expect(upserts).toHaveLength(1);
    const { typedSearchAttributes } = await handle.describe();
    expect(typedSearchAttributes.get(leadSearchAttributes.stage)).toBe('mql.offered');
    expect(typedSearchAttributes.get(leadSearchAttributes.owner)).toBe('rep-1');
  });

  it('returns when the journey has ended, and starts anew when a command comes', async () => {
    desk.ended = true;
    await shell().gateway.command(lead, 'lost', 'lost-1');
    await handle.result();
    await shell().gateway.command(lead, 'reopen', 'reopen-1');
    await handle.result();
    expect([...desk.decided.keys()]).toEqual(['lost-1', 'reopen-1']);
    await keepHistory('ended-and-reopened', handle);
  });

  it('returns when it is rung after the end', async () => {
    desk.ended = true;
    await shell().gateway.ring(lead, 'score');
    await handle.result();
  });

  it('fails a command that the journal refuses for good, and lives on', async () => {
    desk.before = ({ command }) => {
      if (command === 'broken') throw Object.assign(new Error('secret'), { name: 'JournalConflict' });
    };
    await expect(shell().gateway.command(lead, 'accept', 'broken')).rejects.toThrow(LeadFaulty);
    await expect(shell().gateway.command(lead, 'accept', 'sound')).resolves.toMatchObject({
      outcome: 'done',
    });
    const history = JSON.stringify(await events());
    expect(history).not.toContain('secret');
  });

  it.each([
    ['a bug', new Error('secret')],
    ['what no schema takes', Object.assign(new Error('secret'), { name: 'ZodError' })],
    ['what no column takes', Object.assign(new Error('secret'), { code: '22P02' })],
    ['a broken constraint', Object.assign(new Error('secret'), { driverError: pgError('23514') })],
  ])('does not take %s for an outage', async (_what, fault) => {
    desk.before = ({ command }) => {
      if (command === 'broken') throw fault;
    };
    await expect(shell().gateway.command(lead, 'accept', 'broken')).rejects.toThrow(LeadFaulty);
    expect(desk.calls.filter(({ command }) => command === 'broken')).toHaveLength(1);
    await expect(shell().gateway.command(lead, 'accept', 'sound')).resolves.toMatchObject({
      outcome: 'done',
    });
    expect(JSON.stringify(await events())).not.toContain('secret');
  });

  it('lists itself among the open ones until it ends', async () => {
    await shell().gateway.command(lead, 'accept', 'a');
    const open = async (): Promise<boolean> => {
      for await (const id of shell().gateway.listOpen()) if (id === lead) return true;
      return false;
    };
    await until(open, 'it is listed');
    desk.ended = true;
    await shell().gateway.command(lead, 'won', 'b');
    await until(async () => !(await open()), 'it is not listed any more');
  });
});
