import { inLanes } from '../../../src/feed/lanes.js';
import { timed } from '../measure/interleave.js';
import { blocksOf, compare, median } from '../measure/statistics.js';
import { compared, type Line } from '../measure/table.js';
import { floorArm, productArm } from './arms.js';
import type { Part } from './part.js';

const ACCEPT_TARGET = { atMost: 1.5 };

/** One accept at a time, beside three floors of it; all workflows cached and idle. */
export const accept: Part = async (bench) => {
  const { company, sizes, say } = bench;
  const place = { part: 'accept', temporal: company.site.temporalOn };
  const product = productArm(company, await bench.worker('product'));
  const floor = floorArm(company, await bench.worker('floor'));
  const warmUp = sizes.inFlight;
  const count = sizes.runs * sizes.accepts;
  say(`accept on ${place.temporal}: ${count} accepts, one at a time`);

  const owners = new Map<string, string | null>();
  const offered = await product.prepare(warmUp + count);
  await inLanes(offered, sizes.inFlight, async (lead) => {
    owners.set(lead, await product.offer(lead));
  });
  const parked = await floor.prepare(warmUp + count);
  await inLanes(parked, sizes.inFlight, async (lead) => {
    await floor.offer(lead);
  });

  const samples: {
    readonly product: number;
    readonly bare: number;
    readonly start: number;
    readonly commit: number;
  }[] = [];
  for (const [i, lead] of offered.entries()) {
    const other = parked[i] ?? '';
    const times = { product: 0, bare: 0, start: 0, commit: 0 };
    const calls = [
      ['product', () => product.accept(lead, owners.get(lead) ?? null)],
      ['bare', () => floor.bare(other)],
      ['start', () => floor.bareWithStart(other)],
      ['commit', () => floor.accept(other, null)],
    ] as const;
    // Each goes first as often as the others, and each comes after each.
    const turned = [...calls.slice(i % calls.length), ...calls.slice(0, i % calls.length)];
    for (const [name, call] of i % (2 * calls.length) < calls.length ? turned : turned.reverse()) {
      times[name] = await timed(call);
    }
    if (i >= warmUp) samples.push(times);
  }
  await inLanes(offered, sizes.inFlight, (lead) => product.end(lead));
  await inLanes(parked, sizes.inFlight, (lead) => floor.end(lead));

  const blocks = blocksOf(samples, sizes.runs);
  const against = (name: 'bare' | 'start' | 'commit') =>
    compare(
      blocks.map((block) => ({
        value: median(block.map((times) => times.product)),
        floor: median(block.map((times) => times[name])),
      })),
    );
  const lines: readonly Line[] = [
    compared(place, 'ms at the median, floor: a bare update', against('bare'), ACCEPT_TARGET),
    compared(place, 'ms, floor: a bare update-with-start', against('start')),
    compared(place, 'ms, floor: update-with-start, one empty commit', against('commit')),
  ];
  return lines;
};
