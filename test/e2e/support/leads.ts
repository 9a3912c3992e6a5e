import { randomUUID } from 'node:crypto';
import { expect } from '@jest/globals';
import type { LeadView } from '../../../src/domain/journey/apply.types.js';
import type { Transition } from '../../../src/domain/journey/transitions.js';
import type { ApiAnswer, ApiRequest } from '../../../src/feed/baton-api.js';
import { must, type Product, until } from './product.js';

/** A journal row as the API shows it. */
export interface Row {
  readonly seq: number;
  readonly at: string;
  readonly kind: string;
  readonly transitions: readonly Transition[];
  readonly refusal: string | null;
}

/** A lead that is offered to a rep. */
export interface Offer {
  readonly lead: string;
  readonly rep: string;
  readonly due: number;
  /** Of the newest row: the next one decides about the offer, if nobody sends anything else. */
  readonly seq: number;
}

/** A lead that asks for sales; resolves when it is captured, with its id. */
export async function raiseHand({ send }: Product, name: string = randomUUID()): Promise<string> {
  const body = {
    email: `${name}@example.com`,
    events: [{ source: 'web', id: `hand-${name}`, kind: 'demo_request' }],
  };
  return ((await must(send, { method: 'POST', path: '/v1/leads', body })) as { id: string }).id;
}

export async function view({ send }: Product, lead: string): Promise<LeadView> {
  return ((await must(send, { method: 'GET', path: `/v1/leads/${lead}` })) as { lead: LeadView }).lead;
}

export async function journey({ send }: Product, lead: string): Promise<readonly Row[]> {
  const path = `/v1/leads/${lead}/journey?limit=200`;
  return ((await must(send, { method: 'GET', path })) as { items: readonly Row[] }).items;
}

/** A new lead that is offered, for a while yet. */
export async function offered(product: Product, leftMs = 0): Promise<Offer> {
  for (;;) {
    const offer = await untilOffered(product, await raiseHand(product));
    if (offer.due - Date.now() >= leftMs) return offer;
  }
}

async function untilOffered(product: Product, lead: string): Promise<Offer> {
  const offers: Offer[] = [];
  await until(`${lead} is offered`, async () => {
    const { seq, handOff, deadlines } = await view(product, lead);
    const due = deadlines.find(({ clock }) => clock === 'acceptance')?.due;
    if (handOff?.rep != null && due !== undefined) {
      offers.push({ lead, rep: handOff.rep, due: Date.parse(due), seq });
    }
    return offers.length > 0;
  });
  return offers[0]!;
}

/** An accept by a rep. */
export const accept = (lead: string, rep: string, key: string = randomUUID()): ApiRequest => ({
  method: 'POST',
  path: `/v1/leads/${lead}/accept`,
  body: {},
  key,
  rep,
});

export const codeOf = ({ body }: ApiAnswer): unknown => (body as { code?: unknown } | null)?.code;

export const isAccept = ({ kind, refusal }: Row): boolean => kind === 'accept' && refusal === null;
export const isLapse = ({ transitions }: Row): boolean =>
  transitions.some((transition) => transition.type === 'rep_excluded' && transition.why === 'lapsed');

/** No gap, at most one accept, nothing that runs out after it, and exactly one owner where there was one. */
export async function expectOneTruth(product: Product, lead: string): Promise<readonly Row[]> {
  const rows = await journey(product, lead);
  expect(rows.map(({ seq }) => seq)).toEqual(rows.map((_, i) => i + 1));
  const { owners } = await view(product, lead);
  const holders = await product.rows('select rep_id as rep from assignment where lead_id = $1', [lead]);
  const [taken, ...more] = rows.filter(isAccept);
  expect(more).toEqual([]);
  if (taken === undefined) expect(owners.sdr).toBeNull();
  else {
    expect(holders).toEqual([{ rep: owners.sdr }]);
    expect(rows.filter((row) => row.seq > taken.seq && isLapse(row))).toEqual([]);
  }
  return rows;
}
