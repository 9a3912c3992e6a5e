import { z } from 'zod';
import { canonical } from '../domain/canonical.js';
import { decide } from '../domain/journey/decide.js';
import type { Outcome, Question, RecordedFact } from '../domain/journey/decision.js';
import type { Journey } from '../domain/journey/journey.js';
import type { Row } from '../domain/journey/row.js';
import type { Policy } from '../domain/policy/policy.schema.js';
import { route } from '../domain/routing/route.js';
import type { RoutingSnapshot } from '../domain/routing/snapshot.js';
import { sha256 } from '../journal/chain.js';
import type { Difference } from './finding.js';
import type { AuditSources } from './lead-records.js';

export type Redecided = { readonly outcome: Outcome } | { readonly difference: Difference };

/**
 * Decides a recorded row again, with its own facts: each must answer the question that comes up at its place,
 * each routing must follow from its evidence, and none may be left over.
 */
export function redecide(
  journey: Journey,
  row: Row,
  policy: Policy,
  evidenceOf: AuditSources['evidence'],
): Redecided {
  for (let used = 0; ; used++) {
    const outcome = decide(journey, row.input, row.facts.slice(0, used), policy);
    if (outcome.type !== 'needs') {
      const left = row.facts[used];
      if (left === undefined) return { outcome };
      return { difference: factDiffers(row.seq, used, 'no further fact', canonical(left)) };
    }
    const fact = row.facts[used];
    if (fact === undefined || !answers(fact, outcome.question)) {
      const expected = `an answer to ${canonical(outcome.question)}`;
      const found = fact === undefined ? 'nothing' : canonical(fact);
      return { difference: factDiffers(row.seq, used, expected, found) };
    }
    if (fact.answer === 'route' && outcome.question.ask === 'route') {
      const difference = auditRouting(row, fact, outcome.question, evidenceOf);
      if (difference !== null) return { difference };
    }
  }
}

function answers(fact: RecordedFact, question: Question): boolean {
  switch (fact.answer) {
    case 'route':
      return question.ask === 'route' && question.pool === fact.pool;
    case 'rep':
      return question.ask === 'rep' && question.rep === fact.rep;
    case 'fields':
      // Fields are personal data and not kept as they were: the recorded answer stands.
      return question.ask === 'fields' && canonical(question.rule) === canonical(fact.rule);
  }
}

const factDiffers = (seq: number, i: number, expected: string, found: string): Difference => ({
  seq,
  kind: 'fact_differs',
  what: `fact ${i + 1} of the row`,
  expected,
  found,
});

type RouteFact = Extract<RecordedFact, { answer: 'route' }>;
type RouteQuestion = Extract<Question, { ask: 'route' }>;

function auditRouting(
  { seq, lead, input }: Row,
  fact: RouteFact,
  question: RouteQuestion,
  evidenceOf: AuditSources['evidence'],
): Difference | null {
  const bytes = evidenceOf(fact.evidence);
  if (bytes === null) {
    const what = 'evidence of a routing';
    return { seq, kind: 'evidence_missing', what, expected: fact.evidence, found: 'nothing' };
  }
  const hash = sha256(bytes);
  if (hash !== fact.evidence) {
    const what = 'hash of the evidence';
    return { seq, kind: 'evidence_differs', what, expected: fact.evidence, found: hash };
  }
  const snapshot = toSnapshot(bytes);
  if (snapshot === null) {
    const what = 'evidence of a routing';
    return {
      seq,
      kind: 'evidence_differs',
      what,
      expected: 'a routing snapshot',
      found: bytes.slice(0, 200),
    };
  }
  const { pool, excluded } = question;
  const expected = canonical({ at: input.at, pool, poolSeq: fact.poolSeq, lead, excluded });
  const found = canonical({
    at: snapshot.at,
    pool: snapshot.pool,
    poolSeq: snapshot.poolSeq,
    lead: snapshot.lead,
    excluded: snapshot.excluded,
  });
  if (expected !== found) {
    return { seq, kind: 'evidence_differs', what: 'question of the routing', expected, found };
  }
  const { rep } = route(snapshot);
  if (rep === fact.rep) return null;
  const what = `rep that pool ${pool} gives`;
  return { seq, kind: 'routing_differs', what, expected: rep ?? 'nobody', found: fact.rep ?? 'nobody' };
}

const snapshotShape: z.ZodType<RoutingSnapshot> = z.object({
  at: z.number(),
  pool: z.string(),
  poolSeq: z.number(),
  lead: z.string(),
  excluded: z.array(z.string()),
  candidates: z.array(
    z.object({
      rep: z.string(),
      weight: z.number(),
      position: z.string().regex(/^\d+$/),
      active: z.boolean(),
      paused: z.boolean(),
      open: z.number(),
      cap: z.number().nullable(),
    }),
  ),
  ahead: z.array(z.object({ lead: z.string(), excluded: z.array(z.string()) })),
});

function toSnapshot(bytes: string): RoutingSnapshot | null {
  try {
    return snapshotShape.parse(JSON.parse(bytes));
  } catch {
    return null;
  }
}
