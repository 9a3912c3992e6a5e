import { describe, expect, it } from '@jest/globals';
import { COLUMNS } from '../../../src/domain/journey/stage-table.js';
import { SITUATIONS } from '../../../src/domain/journey/situation.js';
import type { Fault } from '../../../src/domain/policy/fault.js';
import { parsePolicy } from '../../../src/domain/policy/parse-policy.js';
import { OWN_REASONS } from '../../../src/domain/policy/playbook-faults.js';
import { runIn } from '../journey/run.js';
import { TEST_POLICY } from '../journey/test-policy.js';
import { VARIATIONS } from '../journey/variations.js';
import { PLAYBOOK_POLICY } from '../playbooks/policies.js';
import { soundPolicy } from './sound-policy.js';

function faultsWith(sections: object): readonly Fault[] {
  const parsed = parsePolicy({ ...soundPolicy(), ...sections });
  return parsed.ok ? [] : parsed.faults;
}

const tell = [{ notify: { to: 'sales', message: 'hello' } }];
const playbook = { id: 'one', on: { stage: 'sal' }, do: tell };
const track = { id: 'one', on: { stage: 'nurture' }, steps: [{ after: '1 day', do: tell }] };

describe('playbooks and tracks', () => {
  it('are taken as they are when nothing is wrong', () => {
    const { playbooks, tracks } = PLAYBOOK_POLICY;
    expect(parsePolicy({ ...TEST_POLICY, playbooks, tracks })).toMatchObject({ ok: true });
    expect(faultsWith({ playbooks: [playbook], tracks: [track] })).toEqual([]);
  });

  it.each<[string, object, string, RegExp]>([
    ['an unknown stage', { ...playbook, on: { stage: 'won' } }, '/on/stage', /"won" is not allowed/],
    ['a stage that nothing enters yet', { ...playbook, on: { stage: 'merged' } }, '/on/stage', /not allowed/],
    [
      'an unknown reason',
      { ...playbook, on: { stage: 'nurture', reason: ['bad_timing', 'tired'] } },
      '/on/reason/1',
      /for the reason "tired"/,
    ],
    [
      'a reason twice',
      { ...playbook, on: { stage: 'nurture', reason: ['score', 'score'] } },
      '/on/reason/1',
      /twice/,
    ],
    ['no action', { ...playbook, do: [] }, '/do', /./],
    ['eleven actions', { ...playbook, do: Array.from({ length: 11 }, () => tell[0]) }, '/do', /10/],
    ['an action that does nothing', { ...playbook, do: [{}] }, '/do/0', /not nothing/],
    [
      'an action that does two things',
      { ...playbook, do: [{ ...tell[0], webhook: { topic: 'a' } }] },
      '/do/0',
      /not notify and webhook/,
    ],
    ['an unknown action', { ...playbook, do: [{ email: {} }] }, '/do/0/email', /no such setting/],
    [
      'an unknown variable',
      { ...playbook, do: [{ task: { title: 'Call {{email}}', for: 'owner', due: '1 day' } }] },
      '/do/0/task/title',
      /no variable "email"/,
    ],
    [
      'a task without length',
      { ...playbook, do: [{ task: { title: 'Call', for: 'owner', due: '0 days' } }] },
      '/do/0/task/due',
      /whole number and a unit/,
    ],
    [
      'a blank text',
      { ...playbook, do: [{ notify: { to: 'rep', message: '  ' } }] },
      '/do/0/notify/message',
      /blank/,
    ],
    ['a tag that changes nothing', { ...playbook, do: [{ tag: {} }] }, '/do/0/tag', /nothing/],
    [
      'a tag that comes and goes',
      { ...playbook, do: [{ tag: { add: ['a'], remove: ['a'] } }] },
      '/do/0/tag/remove/0',
      /same action/,
    ],
    ['no field in its conditions', { ...playbook, when: {} }, '/when', /names no field/],
    [
      'a condition that nothing fulfils',
      { ...playbook, when: { size: { atLeast: 5, below: 5 } } },
      '/when/size',
      /never match/,
    ],
  ])('with %s are refused with the path', (_, broken, path, message) => {
    expect(faultsWith({ playbooks: [broken] })).toEqual([
      expect.objectContaining({ path: `/playbooks/0${path}`, message: expect.stringMatching(message) }),
    ]);
  });

  it.each<[string, object, string, RegExp]>([
    [
      'a step of no length',
      { ...track, steps: [{ after: '0 days', do: tell }] },
      '/steps/0/after',
      /whole number and a unit/,
    ],
    ['no step', { ...track, steps: [] }, '/steps', /./],
    ['no round', { ...track, rounds: 0 }, '/rounds', /./],
    [
      'a tag, which only a row can set',
      { ...track, steps: [{ after: '1 day', do: [{ tag: { add: ['a'] } }] }] },
      '/steps/0/do/0/tag',
      /no such setting/,
    ],
    [
      'a reason in a text, which belongs to a row',
      { ...track, steps: [{ after: '1 day', do: [{ notify: { to: 'sales', message: '{{reason}}' } }] }] },
      '/steps/0/do/0/notify/message',
      /no variable "reason"/,
    ],
    ['an end where it begins', { ...track, leaveOn: ['sal', 'nurture'] }, '/leaveOn/1', /cannot end there/],
    [
      'an end within where it begins',
      { ...track, on: { stage: 'mql' }, leaveOn: ['mql.advanced'] },
      '/leaveOn/0',
      /cannot end there/,
    ],
    ['an unknown end', { ...track, leaveOn: ['won'] }, '/leaveOn/0', /not allowed/],
  ])('of tracks with %s are refused with the path', (_, broken, path, message) => {
    expect(faultsWith({ tracks: [broken] })).toEqual([
      expect.objectContaining({ path: `/tracks/0${path}`, message: expect.stringMatching(message) }),
    ]);
  });

  it('of one name are refused; a playbook and a track may share theirs', () => {
    expect(faultsWith({ playbooks: [playbook, playbook], tracks: [track] })).toMatchObject([
      { path: '/playbooks/1/id' },
    ]);
    expect(faultsWith({ tracks: [track, track] })).toMatchObject([{ path: '/tracks/1/id' }]);
  });

  it('say what would be allowed', () => {
    const [stage] = faultsWith({ playbooks: [{ ...playbook, on: { stage: 'won' } }] });
    expect(stage?.allowed).toContain('closed_won');
    const [reason] = faultsWith({ tracks: [{ ...track, on: { stage: 'nurture', reason: ['x'] } }] });
    expect(reason?.allowed).toEqual(expect.arrayContaining(['decayed', 'bad_timing', 'student']));
  });
});

describe('the reasons for which a stage can be entered', () => {
  it('are those with which the stage table enters one, and no others', () => {
    const { reasons, disqualifiers } = TEST_POLICY;
    const ofPolicy = new Set([
      ...Object.keys(reasons.reject),
      ...Object.keys(reasons.lost),
      ...reasons.recycle,
      ...reasons.disqualify,
      ...disqualifiers.map(({ reason }) => reason),
    ]);
    const own = new Set<string>();
    for (const situation of SITUATIONS) {
      for (const column of COLUMNS) {
        for (const { prepare, input } of VARIATIONS[column]) {
          const run = runIn(situation);
          prepare?.(run);
          const outcome = run.give(input(run));
          if (outcome.type !== 'decision' || run.journey.past !== null) continue;
          for (const transition of outcome.transitions) {
            if (transition.type !== 'stage_entered' || ofPolicy.has(transition.reason)) continue;
            own.add(transition.reason);
          }
        }
      }
    }
    expect([...own].sort()).toEqual([...OWN_REASONS].sort());
  });
});
