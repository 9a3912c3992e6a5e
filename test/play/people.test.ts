import { describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { openDataSet } from '../../examples/data-sets.js';
import { hasCriterion } from '../../src/domain/qualification/criteria.js';
import type { LeadView } from '../../src/domain/journey/apply.types.js';
import { projectRoot } from '../../src/embedded/project-root.js';
import { commandBodies } from '../../src/http/schemas/command.schemas.js';
import type { DataSet, PlayedLead, Scene, Step } from '../../src/play/data-set.js';

const examples = join(projectRoot(), 'examples');
const SITUATIONS = [
  'inquiry',
  'mql.early',
  'mql.queued',
  'mql.offered',
  'mql.assigned',
  'mql.escalated',
  'sal',
  'sql.queued',
  'sql.offered',
  'sql.escalated',
  'sql',
  'opportunity',
  'nurture',
  'review',
  'closed_won',
  'closed_lost',
  'disqualified',
];
const NOW = '2026-01-05T09:00:00.000Z';

function sceneOf(situation: string, rep: string, attempt = 1, more: Partial<Scene> = {}): Scene {
  const stage = situation.split('.')[0] as LeadView['stage'];
  const kind = stage === 'sql' ? 'ae' : 'sdr';
  const handing = /offered|assigned|queued|escalated/.test(situation);
  const held = /offered|assigned/.test(situation) ? rep : null;
  const view: LeadView = {
    id: 'ld_x',
    seq: 5,
    stage,
    level: null,
    situation,
    team: 'sales',
    owners: { sdr: stage === 'mql' ? null : rep, ae: situation === 'opportunity' ? rep : null },
    handOff: handing
      ? { n: 1, kind, status: 'offered', pool: 'x', rep: held, attempt, startedAt: NOW }
      : null,
    deadlines: [],
    review: stage === 'review' ? { reason: 'mismatch', reviewer: 'marketing' } : null,
    recycles: 0,
    coolOffUntil: null,
    firstResponseAt: more.done === undefined ? null : NOW,
    criteria: {},
    tags: [],
    policy: 'x',
    at: NOW,
  };
  return {
    seed: 7,
    view,
    done: new Set(),
    last: { n: 1, kind, attempt },
    silent: true,
    clocks: { acceptance: 4_000, firstResponse: 24_000, firstResponseHandRaiser: 2_000 },
    real: (length) => length / 3_600,
    ...more,
  };
}

/** The decision without who takes it and how long that takes. */
const decisionOf = (step: Step): unknown => {
  if (step.do === 'command') return [step.name, step.command, step.body];
  return step.do === 'event' ? [step.name, step.kind] : step;
};

const stepsOf = (data: DataSet, lead: PlayedLead): Step[] =>
  SITUATIONS.flatMap((situation) =>
    [1, 2, 3, 4].flatMap((attempt) => [
      data.nextStep(lead, sceneOf(situation, 'counsellor-1', attempt)),
      data.nextStep(lead, sceneOf(situation, 'counsellor-1', attempt, { done: new Set(['x']) })),
    ]),
  );

describe.each(['education', 'marketplace'])('the people of %s', (name) => {
  const open = (seed: number) => openDataSet(name, { examples, folder: null, leads: 300, seed });

  it('decide by seed, lead and attempt, whoever is asked and however often', async () => {
    const data = await open(7);
    for (const situation of ['mql.offered', 'mql.assigned', 'sql.offered', 'review']) {
      const decisions = (rep: string): unknown[] =>
        data.leads.map((lead) => decisionOf(data.nextStep(lead, sceneOf(situation, rep, 2))));
      expect(decisions('counsellor-9')).toEqual(decisions('counsellor-1'));
    }
  });

  it('decide otherwise for another seed and another attempt', async () => {
    const data = await open(7);
    const answers = (scene: Scene): unknown[] =>
      data.leads.map((lead) => decisionOf(data.nextStep(lead, scene)));
    const first = answers(sceneOf('mql.offered', 'counsellor-1'));
    const commands = new Set(first.map((answer) => (Array.isArray(answer) ? String(answer[1]) : 'silence')));
    expect([...commands]).toEqual(expect.arrayContaining(['accept', 'decline', 'silence']));
    expect(answers(sceneOf('mql.offered', 'counsellor-1', 1, { seed: 8 }))).not.toEqual(first);
    expect(answers(sceneOf('mql.offered', 'counsellor-1', 2))).not.toEqual(first);
  });

  it('ask for nothing that the API or the policy does not know', async () => {
    const data = await open(7);
    const { reasons, qualification } = data.policy;
    const known: Readonly<Record<string, readonly string[]>> = {
      decline: reasons.decline,
      reject: Object.keys(reasons.reject),
      lost: Object.keys(reasons.lost),
      recycle: reasons.recycle,
      disqualify: reasons.disqualify,
    };
    const used = new Set<string>();
    const faults = data.leads.slice(0, 100).flatMap((lead) =>
      stepsOf(data, lead).flatMap((step) => {
        if (step.do !== 'command') return [];
        const { command, body } = step;
        const { reason, criterion } = body;
        used.add(command);
        const right =
          commandBodies[command].safeParse(body).success &&
          (known[command]?.includes(String(reason)) ?? true) &&
          (command !== 'qualification' || hasCriterion(qualification, String(criterion)));
        return right ? [] : [step];
      }),
    );
    expect(faults).toEqual([]);
    expect(used.size).toBeGreaterThan(7);
  });

  it('answer within the clock, unless they stay silent', async () => {
    const data = await open(7);
    const steps = data.leads.map((lead) => data.nextStep(lead, sceneOf('mql.offered', 'counsellor-3')));
    const times = steps.flatMap((step) => (step.do === 'command' ? [step.after] : []));
    expect(times.length).toBeGreaterThan(100);
    expect(Math.max(...times)).toBeLessThanOrEqual(0.7 * 4_000);
  });
});

describe('the people of a school', () => {
  it('act in line with the outcome: nobody enrols who did not, most are accepted who did', async () => {
    const data = await openDataSet('education', { examples, folder: null, leads: 400, seed: 7 });
    const share = (converted: boolean, situation: string, command: string): number => {
      const leads = data.leads.filter((lead) => 'converted' in lead && lead.converted === converted);
      const steps = leads.map((lead) => data.nextStep(lead, sceneOf(situation, 'counsellor-1')));
      return steps.filter((step) => step.do === 'command' && step.command === command).length / leads.length;
    };
    expect(share(true, 'opportunity', 'won')).toBe(1);
    expect(share(false, 'opportunity', 'won')).toBe(0);
    expect(share(true, 'mql.offered', 'accept')).toBeGreaterThan(0.7);
    expect(share(false, 'mql.offered', 'accept')).toBeLessThan(0.7);
    expect(share(true, 'mql.offered', 'reject')).toBe(0);
  });
});
