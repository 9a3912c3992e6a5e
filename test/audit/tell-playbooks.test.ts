import { describe, expect, it } from '@jest/globals';
import { tellNow, tellRow } from '../../src/audit/story.js';
import { runIn } from '../domain/journey/run.js';
import { PLAYBOOK_POLICY } from '../domain/playbooks/policies.js';

describe('the story of a lead with playbooks', () => {
  it('says what they did, in words', () => {
    const run = runIn('sal', PLAYBOOK_POLICY);
    const { says } = tellRow(run.rows.at(-1)!);
    const due = new Date(run.at + 7_200_000).toISOString();
    expect(says.slice(-6)).toEqual([
      'ana owns it as SDR',
      '→ SAL: accepted',
      'tags: working',
      'leaves the track regional',
      `task for the owner until ${due.replace(/\.000Z$/, 'Z')}: Call lead-1, ana`,
      'told rep ana: Call within two hours',
    ]);
    expect(tellRow(run.rows[0]!).says).toContain('told other systems: greet_lead');
    expect(tellNow(run.journey)).toContain('in the track newsletter');
    expect(tellNow(run.journey)).not.toContain('in the track regional');
  });
});
