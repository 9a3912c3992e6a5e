import {
  type DeliveryRecord,
  type LeadRecord,
  type PoolRecord,
  type ReceivedMessage,
  repeated,
  tally,
  type Violation,
  violation,
} from './records.js';

const ONCE = 'nothing takes effect twice';

/** No input has two rows. */
export const checkInputs = ({ id, rows }: LeadRecord): Violation[] =>
  repeated(rows.map(({ input }) => input.id)).map((input) =>
    violation(ONCE, id, `${input} has several rows`),
  );

/**
 * Every notification of the journal has one delivery, and whoever listens heard each exactly once when repeats are
 * known by their id.
 * @param webhook the one that was registered all the time
 */
export function checkDeliveries(
  webhook: string,
  leads: readonly LeadRecord[],
  deliveries: readonly DeliveryRecord[],
  received: readonly ReceivedMessage[],
): Violation[] {
  const name = ({ lead, seq, i }: Pick<DeliveryRecord, 'lead' | 'seq' | 'i'>): string =>
    `${lead} #${seq}.${i}`;
  const wanted = leads.flatMap(({ id: lead, rows }) =>
    rows.flatMap(({ seq, result }) =>
      ('effects' in result ? result.effects : []).flatMap((effect, i) =>
        effect.type === 'capacity_freed' || effect.type === 'task' ? [] : [name({ lead, seq, i })],
      ),
    ),
  );
  const made = tally(
    deliveries.filter((delivery) => delivery.webhook === webhook && delivery.part === '').map(name),
  );
  const undone = deliveries.filter(({ status }) => status !== 'delivered');
  return [
    ...wanted
      .filter((effect) => made.get(effect) !== 1)
      .map((effect) => violation(ONCE, null, `${effect} has ${made.get(effect) ?? 0} deliveries`)),
    ...[...made.keys()]
      .filter((effect) => !new Set(wanted).has(effect))
      .map((effect) => violation(ONCE, null, `${effect} has a delivery and no effect`)),
    ...undone.map(({ id, lead, status }) => violation(ONCE, lead, `delivery ${id} is ${status}`)),
    ...checkReceived(deliveries, received),
  ];
}

function checkReceived(
  deliveries: readonly DeliveryRecord[],
  received: readonly ReceivedMessage[],
): Violation[] {
  const known = new Map(deliveries.map((delivery) => [delivery.id, delivery]));
  const bodies = new Map<string, Set<string>>();
  for (const { id, body } of received) bodies.set(id, (bodies.get(id) ?? new Set()).add(body));
  return [
    ...deliveries
      .filter(({ id, status }) => status === 'delivered' && !bodies.has(id))
      .map(({ id, lead }) =>
        violation(ONCE, lead, `delivery ${id} is delivered, and nobody has received it`),
      ),
    ...[...bodies].flatMap(([id, said]) => {
      const delivery = known.get(id);
      if (delivery === undefined) return [violation(ONCE, null, `${id} was received, and is no delivery`)];
      if (said.size > 1) return [violation(ONCE, delivery.lead, `${id} said ${said.size} different things`)];
      return [];
    }),
  ];
}

/** The decisions of a pool are numbered without a gap, and no number has come twice: no turn was lost or doubled. */
export function checkRotation(pools: readonly PoolRecord[], leads: readonly LeadRecord[]): Violation[] {
  const taken = new Map<string, number[]>();
  for (const { rows } of leads) {
    for (const { facts } of rows) {
      for (const fact of facts) {
        if (fact.answer === 'route') taken.set(fact.pool, [...(taken.get(fact.pool) ?? []), fact.poolSeq]);
      }
    }
  }
  return pools.flatMap(({ id, seq }) => {
    const numbers = (taken.get(id) ?? []).sort((a, b) => a - b);
    const odd = numbers.findIndex((number, i) => number !== i + 1);
    if (odd >= 0)
      return [violation(ONCE, null, `pool ${id}: decision ${numbers[odd]} where ${odd + 1} should be`)];
    if (numbers.length === seq) return [];
    return [
      violation(ONCE, null, `pool ${id}: ${numbers.length} decisions in the journal, ${seq} by the pool`),
    ];
  });
}
