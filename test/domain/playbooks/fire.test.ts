import { describe, expect, it } from '@jest/globals';
import type { Effect, Transition } from '../../../src/domain/journey/transitions.js';
import { DAY, HOUR } from '../../../src/domain/time.js';
import { ADMIN, asRep, Run, runIn, score } from '../journey/run.js';
import { historicFact } from '../journey/past-variations.js';
import { PLAYBOOK_POLICY } from './policies.js';

const start = (): Run => new Run(PLAYBOOK_POLICY);
const of = (run: Run) => {
  const result = run.rows.at(-1)?.result;
  if (result === undefined || 'refusal' in result) throw new Error('the newest row is a refusal');
  return result;
};
const acts = (run: Run): Effect[] => of(run).effects.filter((effect) => 'playbook' in effect);
const moves = (run: Run): Transition[] =>
  of(run).transitions.filter(({ type }) =>
    ['tags_set', 'tasks_given', 'track_entered', 'track_left'].includes(type),
  );
const inTracks = ({ journey }: Run): string[] =>
  Object.entries(journey.tracks).flatMap(([track, { left }]) => (left ? [] : [track]));

describe('a playbook', () => {
  it('fires when the lead enters its stage, and tags are of the same row', () => {
    const run = start().capture();
    expect(acts(run)).toEqual([{ type: 'webhook', topic: 'greet_lead', playbook: 'greet' }]);
    expect(moves(run)[0]).toEqual({ type: 'tags_set', tags: ['greeted'] });
    expect(run.journey.tags).toEqual(['greeted']);
  });

  it('does nothing for a lead that does not fulfil its conditions, and the answer is a recorded fact', () => {
    const run = start();
    run.unfulfilled.add('greet');
    run.capture();
    expect(acts(run)).toEqual([]);
    expect(run.journey.tags).toEqual([]);
    expect(run.last?.facts).toEqual([
      { answer: 'fields', rule: { kind: 'playbook', id: 'greet' }, fulfilled: false },
    ]);
  });

  it('asks nothing where another condition fails already', () => {
    const run = runIn('sal', PLAYBOOK_POLICY);
    run.give({ kind: 'recycle', body: { reason: 'cooled' }, actor: asRep('ana') });
    expect(run.last?.facts).toEqual([]);
  });

  it('fires once for a stage with levels: early to advanced is no entry into mql', () => {
    const run = start().capture();
    run.give({ kind: 'score', body: {}, score: score(55) });
    expect(acts(run)).toMatchObject([{ playbook: 'prepare', text: 'lead-1 comes: mql.early by score' }]);
    run.give({ kind: 'score', body: {}, score: score(70) });
    expect(run.situation).toBe('mql.offered');
    expect(acts(run)).toEqual([]);
  });

  it('knows the owner, fills in texts, and counts from the row', () => {
    const run = runIn('sal', PLAYBOOK_POLICY);
    expect(acts(run)).toEqual([
      {
        type: 'task',
        title: 'Call lead-1, ana',
        assignee: 'owner',
        until: 'left',
        stage: 'sal',
        due: run.at + 2 * HOUR,
        playbook: 'call',
      },
      { type: 'message', to: { kind: 'rep', id: 'ana' }, text: 'Call within two hours', playbook: 'call' },
    ]);
    expect(run.journey.tags).toEqual(['working']);
  });

  it('fires after SQL, too, when nobody holds the lead any more', () => {
    const run = runIn('closed_won', PLAYBOOK_POLICY);
    expect(acts(run)).toMatchObject([
      { type: 'task', assignee: 'owner', until: 'ended', due: run.at + 3 * DAY },
      { type: 'task', assignee: 'marketing', until: 'done', due: run.at + 60 * DAY },
      { type: 'webhook', topic: 'customer_won' },
      { type: 'message', to: { kind: 'manager' }, text: 'eva has won lead-1' },
    ]);
  });

  it('fires for a stage that the row only passes through, for its reasons only', () => {
    const lost = (reason: string): Run => {
      const run = runIn('opportunity', PLAYBOOK_POLICY);
      run.give({ kind: 'lost', body: { reason }, actor: asRep('eva') });
      return run;
    };
    const recyclable = lost('no_budget');
    expect(recyclable.situation).toBe('nurture');
    expect(acts(recyclable)).toMatchObject([{ type: 'task', playbook: 'lost', title: 'Say thank you' }]);
    expect(acts(lost('competitor'))).toEqual([]);
  });

  it('tells the manager what is for a rep who is not there', () => {
    const [playbook] = PLAYBOOK_POLICY.playbooks ?? [];
    const run = new Run({
      ...PLAYBOOK_POLICY,
      playbooks: [{ ...playbook!, do: [{ notify: { to: 'rep', message: 'for {{owner}}' } }] }],
    }).capture();
    expect(acts(run)).toMatchObject([{ to: { kind: 'manager' }, text: 'for nobody' }]);
  });

  it('is no consequence of a past, but of what comes after it', () => {
    const run = start();
    run.give({
      kind: 'captured',
      body: { policy: 'policy-1', source: null, campaign: null, imported: true },
      actor: ADMIN,
    });
    run.give({ kind: 'history_recorded', body: historicFact({ stage: 'sal', sdr: 'ana' }), actor: ADMIN });
    run.give({ kind: 'journey_resumed', body: { grace: 0, spread: 0, offer: false }, actor: ADMIN });
    for (const { result } of run.rows) expect(result).toMatchObject({ effects: [] });
    expect([run.journey.tags, run.journey.tracks]).toEqual([[], {}]);
    run.give({ kind: 'recycle', body: { reason: 'cooled' }, actor: asRep('ana') });
    expect(inTracks(run)).toEqual(['warm-up']);
  });
});

describe('a track', () => {
  it('is entered with its stage and left with it', () => {
    const run = runIn('nurture', PLAYBOOK_POLICY);
    expect(moves(run)).toContainEqual({ type: 'track_entered', track: 'warm-up' });
    expect(run.journey.tracks['warm-up']).toEqual({ since: run.journey.seq, left: false });
    run.give({ kind: 'hand_raised', body: { event: 'demo_request', disqualifier: null, trigger: null } });
    expect(run.situation).toBe('mql.assigned');
    expect(moves(run)).toEqual([
      { type: 'track_left', track: 'warm-up' },
      { type: 'track_entered', track: 'regional' },
    ]);
  });

  it('is entered again when the lead comes back', () => {
    const run = runIn('nurture', PLAYBOOK_POLICY);
    const first = run.journey.tracks['warm-up']?.since;
    run.give({ kind: 'hand_raised', body: { event: 'demo_request', disqualifier: null, trigger: null } });
    run.give({
      kind: 'reject',
      body: { reason: 'bad_timing' },
      actor: asRep(run.journey.handOff?.rep ?? ''),
    });
    expect(inTracks(run)).toContain('warm-up');
    expect(run.journey.tracks['warm-up']?.since).toBeGreaterThan(first ?? Infinity);
  });

  it('with an end of its own goes on through other stages until then', () => {
    expect(inTracks(runIn('sal', PLAYBOOK_POLICY))).toEqual(['newsletter']);
    expect(inTracks(runIn('sql', PLAYBOOK_POLICY))).toEqual(['newsletter']);
    expect(inTracks(runIn('opportunity', PLAYBOOK_POLICY))).toEqual([]);
  });

  it('that is for once is not entered again', () => {
    const tracks = PLAYBOOK_POLICY.tracks!.map((track) => ({ ...track, once: true }));
    const run = runIn('nurture', { ...PLAYBOOK_POLICY, tracks });
    expect(inTracks(run)).toContain('warm-up');
    run.give({ kind: 'hand_raised', body: { event: 'demo_request', disqualifier: null, trigger: null } });
    run.give({
      kind: 'reject',
      body: { reason: 'bad_timing' },
      actor: asRep(run.journey.handOff?.rep ?? ''),
    });
    expect(run.situation).toBe('nurture');
    expect(inTracks(run)).not.toContain('warm-up');
  });

  it('with an end of its own is left by who is disqualified all the same', () => {
    const run = start().capture();
    expect(inTracks(run)).toEqual(['newsletter']);
    run.give({ kind: 'disqualify', body: { reason: 'student' }, actor: ADMIN });
    expect(inTracks(run)).toEqual([]);
  });

  it('is not entered by who does not fulfil its conditions', () => {
    const run = start();
    run.unfulfilled.add('regional');
    run.capture().give({ kind: 'score', body: {}, score: score(55) });
    expect(inTracks(run)).toEqual(['newsletter']);
  });

  it('that the policy does not have any more is left with the next row', () => {
    const run = runIn('nurture', PLAYBOOK_POLICY);
    const other = new Run({ ...PLAYBOOK_POLICY, tracks: [] }, run.at);
    other.journey = run.journey;
    other.give({ kind: 'tags', body: { add: ['a'], remove: [] }, actor: ADMIN });
    expect(inTracks(other)).toEqual([]);
  });
});
