import { Body, Controller, Param } from '@nestjs/common';
import type { z } from 'zod';
import type { Caller } from '../../access/caller.js';
import type { Team } from '../../domain/journey/journey.js';
import type { Writes } from '../../idempotency/idempotency.js';
import type { Policies } from '../../policies/policies.js';
import type { Author } from '../../policies/policy-steps.js';
import { CurrentWrite, type Write } from '../current-write.js';
import { Endpoint } from '../endpoint.js';
import { policyExamples as examples } from '../examples/policy.examples.js';
import { ProblemError } from '../problem.js';
import {
  activation,
  policyApproval,
  policyPath,
  policySummary,
  proposal,
  retirement,
  veto,
} from '../schemas/policy.schemas.js';
import { Service } from '../service.js';

type PolicyPath = z.output<typeof policyPath>;

type Transaction = Parameters<Policies['propose']>[0];

const SHARED = { method: 'post', tag: 'policies', status: 200, answers: policySummary } as const;

/** A policy's way from draft to active. */
@Controller()
export class PolicyStepsController {
  constructor(
    @Service('policies') private readonly policies: Policies,
    @Service('writes') private readonly writes: Writes,
  ) {}

  @Endpoint({
    ...SHARED,
    path: '/v1/policies/:hash/propose',
    access: 'agreement',
    summary: 'Propose a policy',
    description: 'Says why, and what it should change. `approval` in the answer says who must approve.',
    example: { body: examples.proposal, answer: examples.policy },
  })
  proposePolicy(
    @Param({ schema: policyPath }) { hash }: PolicyPath,
    @Body({ schema: proposal }) body: z.output<typeof proposal>,
    @CurrentWrite() write: Write,
  ): Promise<object> {
    return this.run(write, (tx, author) => this.policies.propose(tx, hash, body, author));
  }

  @Endpoint({
    ...SHARED,
    path: '/v1/policies/:hash/approve',
    access: 'team',
    summary: 'Approve a policy for your team',
    description: 'Also of a policy that an emergency has put in force. A second approval changes nothing.',
    example: { body: { note: 'As discussed.' }, answer: examples.policy },
  })
  approvePolicy(
    @Param({ schema: policyPath }) { hash }: PolicyPath,
    @Body({ schema: policyApproval }) { note }: z.output<typeof policyApproval>,
    @CurrentWrite() write: Write,
  ): Promise<object> {
    const team = teamOf(write.caller);
    return this.run(write, (tx, author) => this.policies.approve(tx, hash, team, note, author));
  }

  @Endpoint({
    ...SHARED,
    path: '/v1/policies/:hash/reject',
    access: 'team',
    summary: 'Veto a policy for your team',
    description: 'Whoever must approve may refuse, with a reason. It can be proposed anew.',
    example: { body: examples.veto, answer: { ...examples.policy, state: 'rejected' } },
  })
  rejectPolicy(
    @Param({ schema: policyPath }) { hash }: PolicyPath,
    @Body({ schema: veto }) { reason }: z.output<typeof veto>,
    @CurrentWrite() write: Write,
  ): Promise<object> {
    const team = teamOf(write.caller);
    return this.run(write, (tx, author) => this.policies.reject(tx, hash, team, reason, author));
  }

  @Endpoint({
    ...SHARED,
    path: '/v1/policies/:hash/activate',
    access: 'agreement',
    summary: 'Give a policy to new leads',
    description:
      'At once or from an instant on, once whoever must has approved; an emergency is approved afterwards. The ' +
      'first policy of an installation takes an admin key and no approval. Open leads keep theirs.',
    example: { body: examples.activation, answer: { ...examples.policy, state: 'scheduled' } },
  })
  activatePolicy(
    @Param({ schema: policyPath }) { hash }: PolicyPath,
    @Body({ schema: activation }) { from, ...body }: z.output<typeof activation>,
    @CurrentWrite() write: Write,
  ): Promise<object> {
    const request = { ...body, from: from === undefined ? undefined : Date.parse(from) };
    return this.run(write, (tx, author) => this.policies.activate(tx, hash, request, author));
  }

  @Endpoint({
    ...SHARED,
    path: '/v1/policies/:hash/retire',
    access: 'agreement',
    summary: 'Retire a policy',
    description: 'Withdraws a draft or proposal, or calls a planned activation off. The active one stays.',
    example: { body: { reason: 'Superseded.' }, answer: { ...examples.policy, state: 'retired' } },
  })
  retirePolicy(
    @Param({ schema: policyPath }) { hash }: PolicyPath,
    @Body({ schema: retirement }) { reason }: z.output<typeof retirement>,
    @CurrentWrite() write: Write,
  ): Promise<object> {
    return this.run(write, (tx, author) => this.policies.retire(tx, hash, reason, author));
  }

  private run(write: Write, work: (tx: Transaction, author: Author) => Promise<object>): Promise<object> {
    const { role, actor } = write.caller;
    return this.writes.run(write, (tx) => work(tx, { role, id: actor.id }));
  }
}

/** The team for which a key speaks; an admin speaks for neither. */
function teamOf({ role }: Caller): Team {
  if (role === 'marketing' || role === 'sales') return role;
  throw new ProblemError(403, 'It takes a key of the team that approves.');
}
