import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { nextStepAt, stepAfter } from '../../../src/domain/playbooks/steps.js';
import { render, unknownVariables, VARIABLES } from '../../../src/domain/playbooks/template.js';
import { DAY, parseDuration } from '../../../src/domain/time.js';
import { PLAYBOOK_POLICY } from './policies.js';

const warmUp = PLAYBOOK_POLICY.tracks![0]!;

describe('the steps of a track', () => {
  it('come in order, round after round, and end', () => {
    const topics = [0, 1, 2, 3, 4].map((done) => stepAfter(warmUp, done)?.do[0]?.webhook?.topic ?? null);
    expect(topics).toEqual(['send_story', 'send_offer', 'send_story', 'send_offer', null]);
  });

  it('count from the step before, so that late ones never come at once', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(400 * DAY), { minLength: 4, maxLength: 4 }), (delays) => {
        let at = 0;
        for (const [done, delay] of delays.entries()) {
          const due = nextStepAt(warmUp, done, at);
          expect(due).toBe(at + parseDuration(warmUp.steps[done % 2]!.after));
          at = (due ?? 0) + delay;
        }
        expect(nextStepAt(warmUp, 4, at)).toBeNull();
      }),
    );
  });
});

describe('a text', () => {
  it('has its variables filled in, with or without spaces', () => {
    expect(render('{{lead}} and {{ owner }}: {{stage}}', { lead: 'ld_1', owner: 'ana', stage: 'sal' })).toBe(
      'ld_1 and ana: sal',
    );
  });

  it('is not looked through again: a value is no template', () => {
    expect(render('{{lead}}', { lead: '{{owner}}', owner: 'ana' })).toBe('{{owner}}');
  });

  it('names what is not known', () => {
    expect(unknownVariables('{{lead}} {{email}} {{}} {{reason}}', VARIABLES.track)).toEqual([
      'email',
      '',
      'reason',
    ]);
  });
});
