import { readFileSync } from 'node:fs';
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { WorkflowHandle } from '@temporalio/client';
import { projectRoot } from '../../src/embedded/project-root.js';
import { LeadFaulty } from '../../src/leads/lead-gateway.js';
import { leadWorkflowId } from '../../workflows/lead.messages.js';
import { Desk, until, useShell } from './shell.js';

let desk = new Desk();
const shell = useShell((request) => desk.apply(request), { ownNamespace: true });
let lead: string;
let handle: WorkflowHandle;
let n = 0;

beforeEach(() => {
  desk = new Desk();
  lead = `ld-${(n += 1)}`;
  handle = shell().temporal.client.workflow.getHandle(leadWorkflowId(lead));
});

/** The queries of the operators' page, one per line of its code block that is no comment. */
const queries = (): string[] => {
  const page = readFileSync(`${projectRoot()}/docs/operators.md`, 'utf8');
  const [, block = ''] = /```sql\n([^]*?)```/.exec(page) ?? [];
  return block.split('\n').filter((line) => line !== '' && !line.startsWith('--'));
};

const found = async (query: string): Promise<string[]> => {
  const ids: string[] = [];
  for await (const { workflowId } of shell().temporal.client.workflow.list({ query })) ids.push(workflowId);
  return ids;
};

const metadata = async (): Promise<string> =>
  (await handle.query<{ currentDetails?: string }>('__temporal_workflow_metadata')).currentDetails ?? '';

describe('what operators see', () => {
  it('answers every query of their page', async () => {
    const all = queries();
    expect(all.length).toBeGreaterThan(8);
    for (const query of all) {
      await expect(shell().temporal.client.workflow.count(query)).resolves.toHaveProperty('count');
    }
  });

  it('finds a lead that needs a person, and no more when it is mended', async () => {
    desk.before = () => {
      throw Object.assign(new Error('secret'), { name: 'JournalConflict' });
    };
    await expect(shell().gateway.command(lead, 'accept', 'broken')).rejects.toThrow(LeadFaulty);
    const inTrouble = async () => (await found('BatonTrouble IS NOT NULL')).includes(handle.workflowId);
    await until(inTrouble, 'the lead is found');
    expect(await metadata()).toContain('Needs a person: JournalConflict');
    desk.before = () => undefined;
    await shell().gateway.command(lead, 'accept', 'sound');
    await until(async () => !(await inTrouble()), 'it is found no more');
    expect(await metadata()).not.toContain('Needs a person');
  });

  it('tells where a lead stands, what comes next, and its newest rows', async () => {
    desk.wakeAt = Date.now() + 3_600_000;
    for (const id of ['a', 'b', 'c', 'd', 'e', 'f']) await shell().gateway.command(lead, 'accept', id);
    await shell().gateway.ring(lead, 'score');
    await until(() => desk.calls.at(-1)?.command === null, 'it has looked');
    const details = await metadata();
    expect(details).toContain('**mql.offered**, with rep-1');
    expect(details).toContain(`Next: acceptance at ${new Date(desk.wakeAt).toISOString()}`);
    expect(details.match(/^- row \d+/gm)).toEqual(['- row 6', '- row 5', '- row 4', '- row 3', '- row 2']);
  });
});
