import { describe, expect, it } from '@jest/globals';
import { journal, lead } from './journal.js';
import { checkEvents, checkLeads } from './lost-leads.js';

const rows = journal({ kind: 'captured' }, { kind: 'hand_raised' });
const sound = lead(rows);
const sent = { externalIds: ['crm:1'], id: 'ld' };
const said = (violations: readonly { what: string }[]): string[] => violations.map(({ what }) => what);

describe('leads that were sent', () => {
  it('are all there, once', () => {
    expect(checkLeads([sent], [sound])).toEqual([]);
    const over = { ...sound, ended: true, openWorkflows: 0 };
    expect(checkLeads([sent, sent], [over])).toEqual([]);
  });

  it.each([
    ['is missing', [sent], [], 'crm:1 names 0 leads'],
    ['came twice', [sent], [sound, { ...sound, id: 'ld2' }], 'crm:1 names 2 leads'],
    [
      'is another than its client was told',
      [{ ...sent, id: 'x' }],
      [sound],
      'answered with this lead and names ld',
    ],
    ['was never answered', [{ ...sent, id: null }], [sound], 'crm:1 was never answered'],
    ['was sent by nobody', [], [sound], 'nobody has sent this lead'],
    ['lost a row', [sent], [lead([rows[1]!].concat(rows[0]!))], 'row 2 stands at place 1'],
    [
      'was captured twice',
      [sent],
      [lead(journal({ kind: 'captured' }, { kind: 'captured' }))],
      'captured 2 times',
    ],
    ['is open without a workflow', [sent], [{ ...sound, openWorkflows: 0 }], 'open, with 0 workflows'],
    ['has ended, not so its workflow', [sent], [{ ...sound, ended: true }], 'ended, with 1 workflows'],
  ])('a lead that %s is found', (_, client, leads, what) => {
    expect(said(checkLeads(client, leads))).toContainEqual(expect.stringContaining(what));
  });
});

describe('events that were sent', () => {
  const event = { source: 'web', id: '1' };
  it('are all there, once', () => {
    expect(checkEvents([event], [{ ...event, lead: 'ld' }])).toEqual([]);
    expect(said(checkEvents([event], []))).toEqual(['web:1 was taken in and is not stored']);
    const stored = { ...event, lead: 'ld' };
    expect(said(checkEvents([event], [stored, stored]))).toEqual(['web:1 is stored twice']);
  });
});
