import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { canonical } from '../../../src/domain/canonical.js';
import { policyDocument } from '../../../src/domain/policy/document.js';
import type { Policy } from '../../../src/domain/policy/policy.schema.js';
import { soundPolicy } from './sound-policy.js';

const FRAME = { facts: [], changes: null };
const shipped = parse(
  readFileSync(new URL('../../../examples/policies/default.yaml', import.meta.url), 'utf8'),
) as Policy;

/** Every text and number in a policy. */
function leaves(value: unknown): readonly (string | number)[] {
  if (typeof value === 'string' || typeof value === 'number') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(leaves);
}

const unescaped = (markdown: string): string => markdown.replace(/\\(.)/g, '$1');

describe('a policy as a document', () => {
  it.each<[string, Policy]>([
    ['the shipped policy', shipped],
    [
      'a small one with targets',
      { ...soundPolicy(), targets: { accepted: 61, wonPerMonth: 17 }, review: { every: '13 weeks' } },
    ],
    [
      'one with a section of another time',
      { ...soundPolicy(), seasons: [{ id: 'spring', does: [{ notify: 'rep' }] }] } as Policy,
    ],
  ])('%s is printed whole', (_, policy) => {
    const text = unescaped(policyDocument(policy, FRAME));
    for (const leaf of leaves(policy)) expect(text).toContain(String(leaf).trim());
  });

  it('begins with what people ask first, and shows rules as tables', () => {
    const text = policyDocument(shipped, FRAME);
    const titles = [...text.matchAll(/^## (.*)$/gm)].map(([, title]) => title);
    expect(titles.slice(0, 3)).toEqual(['Stages', 'Scoring', 'Hand-raisers: these go to sales at once']);
    expect(text).toContain('| id | group | event | points | where |');
    expect(text).toMatch(/\| email-click \| engagement \| email\\_click \| 10 \| {2}\|/);
    expect(text).toContain(
      '- acceptance:\n  - after: 1 hour\n  - steps: at 50, do remind; at 100, do reassign',
    );
  });

  it('shows stages in the order in which leads pass them, however they are stored', () => {
    const stored = JSON.parse(canonical(shipped)) as Policy;
    const [, section = ''] = policyDocument(stored, FRAME).split(/^## .*$/m);
    const stages = section
      .split('\n')
      .flatMap((line) => /^\| (\S+) \|/.exec(line)?.[1] ?? [])
      .slice(1);
    expect(stages.map(unescaped)).toEqual([
      ...['inquiry', 'mql.early', 'mql.advanced', 'sal', 'sql', 'opportunity', 'closed_won', 'closed_lost'],
      ...['nurture', 'review', 'disqualified'],
    ]);
  });

  it('says where the policy stands and what it changes', () => {
    const changes = [{ op: 'changed', path: '/scoring/weights/explicit', old: 45, value: 40 }] as const;
    const text = policyDocument(soundPolicy(), {
      facts: ['Proposed by marketing'],
      changes: { against: 'the active policy', changes },
    });
    expect(text).toContain('- Proposed by marketing');
    expect(text).toContain(
      '## Changes against the active policy\n\n- /scoring/weights/explicit from 45 to 40',
    );
  });

  it('takes nobody at their word: text stays text', () => {
    const evil = '# h\n\n<script>alert(1)</script> [x](javascript:alert) | *b*';
    const policy = { ...soundPolicy(), description: evil, stages: { sal: { definition: evil } } };
    const text = policyDocument(policy, FRAME);
    expect(text).not.toMatch(/^# h/m);
    expect(text).not.toMatch(/(?<!\\)<script/);
    expect(text).not.toMatch(/[^\\]\[x/);
    expect(unescaped(text)).toContain('# h <script>alert(1)</script> [x](javascript:alert) | *b*');
  });
});
