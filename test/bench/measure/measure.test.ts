import { describe, expect, it } from '@jest/globals';
import { parseOptions, PARTS } from '../options.js';
import { interleave, pairsOf } from './interleave.js';
import { ownerOf, sharesOf } from './profile.js';
import { serverWork, sumOf } from './server-counters.js';
import { blocksOf, compare, isMet, median, spreadOf } from './statistics.js';
import { compared, counted, figure, render, skipped } from './table.js';

describe('statistics', () => {
  it('take the middle of an odd and of an even number of runs', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(() => median([])).toThrow(RangeError);
    expect(spreadOf([3, 1, 2])).toEqual({ median: 2, min: 1, max: 3, runs: 3 });
  });

  it('compare pair by pair, so that a slow moment does not count against one arm', () => {
    const { ratio } = compare([
      { value: 80, floor: 100 },
      { value: 8, floor: 10 },
      { value: 40, floor: 40 },
    ]);
    expect(ratio).toEqual({ median: 0.8, min: 0.8, max: 1, runs: 3 });
  });

  it('meet a target at its very border', () => {
    expect([isMet(0.7, { atLeast: 0.7 }), isMet(0.69, { atLeast: 0.7 })]).toEqual([true, false]);
    expect([isMet(1.5, { atMost: 1.5 }), isMet(1.51, { atMost: 1.5 })]).toEqual([true, false]);
  });

  it('cut samples into blocks', () => {
    expect(blocksOf([1, 2, 3, 4, 5], 2)).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });
});

it('interleaves AB BA', async () => {
  const order: string[] = [];
  const runs = await interleave(3, {
    value: async (run) => order.push(`A${run}`),
    floor: async (run) => order.push(`B${run}`),
  });
  expect(order).toEqual(['A0', 'B0', 'B1', 'A1', 'A2', 'B2']);
  expect(pairsOf(runs, (n) => n)).toEqual([
    { value: 1, floor: 2 },
    { value: 4, floor: 3 },
    { value: 5, floor: 6 },
  ]);
});

describe('the table', () => {
  it('shows medians, their spread, targets and whether they are met', () => {
    const place = { part: 'hand-off', temporal: 'postgres' } as const;
    const text = render([
      compared(place, 'leads/s', compare([{ value: 30, floor: 40 }]), { atLeast: 0.7 }),
      compared(place, 'ms', compare([{ value: 3, floor: 1 }]), { atMost: 1.5 }),
      counted(place, 'events', spreadOf([9, 10, 14])),
      skipped({ part: 'open leads', temporal: 'postgres' }, 'skipped: needs Go'),
    ]);
    const lines = text.split('\n').map((line) => line.split(/ {2,}/));
    expect(lines[2]).toEqual(['hand-off', 'postgres', 'leads/s', '30', '40', '0.75', '≥ 0.7', 'yes']);
    expect(lines[3]).toEqual(['hand-off', 'postgres', 'ms', '3', '1', '3', '≤ 1.5', 'NO']);
    expect(lines[4]).toEqual(['hand-off', 'postgres', 'events', '10 (9–14)']);
    expect(lines[5]).toEqual(['open leads', 'postgres', '— [skipped: needs Go]']);
  });

  it.each([
    [12_345.6, '12,346'],
    [0.756, '0.76'],
    [12.34, '12.3'],
    [7, '7'],
  ])('writes %d as %s', (value, text) => expect(figure(value)).toBe(text));
});

describe("the server's counters", () => {
  const metrics = [
    'service_requests{namespace="default",operation="SignalWithStart",service_name="frontend"} 3',
    'service_requests{namespace="other",operation="SignalWithStart",service_name="frontend"} 5',
    'service_requests{namespace="default",operation="SignalWithStart",service_name="history"} 7',
    'service_requests{namespace="default",operation="SignalWithStart",service_name="frontend",x="y"} 1e+01',
    'persistence_requests{operation="UpdateWorkflowExecution"} 4',
  ].join('\n');

  it('are summed by operation, of one service and namespace', () => {
    const labels = ['service_name="frontend"', 'namespace="default"'];
    expect(sumOf(metrics, 'service_requests', labels)).toEqual(new Map([['SignalWithStart', 13]]));
    expect(sumOf(metrics, 'persistence_requests', [])).toEqual(new Map([['UpdateWorkflowExecution', 4]]));
  });

  it('count of the long polls those that brought a task', () => {
    const calls = (signals: number, polls: number, responses: number) =>
      new Map([
        ['SignalWithStartWorkflowExecution', signals],
        ['PollWorkflowTaskQueue', polls],
        ['RespondWorkflowTaskCompleted', responses],
      ]);
    const before = { calls: calls(1, 10, 1), persistence: new Map([['UpdateWorkflowExecution', 1]]) };
    const after = {
      calls: calls(3, 50, 4),
      persistence: new Map([
        ['UpdateWorkflowExecution', 3],
        ['CreateWorkflowExecution', 2],
        ['GetWorkflowExecution', 9],
      ]),
    };
    expect(serverWork(before, after)).toEqual({ calls: 2 + 3 + 3, stateWrites: 4 });
  });
});

describe('a CPU profile', () => {
  it.each([
    ['query', 'file:///x/node_modules/pg/lib/client.js', 'pg'],
    ['f', 'file:///x/node_modules/@temporalio/common/lib/a.js', '@temporalio/common'],
    ['decide', 'file:///x/src/domain/journey/decide.ts', 'src/domain'],
    ['(garbage collector)', '', 'garbage collection'],
    ['(idle)', '', null],
  ])('knows whose %s in %s is', (name, url, owner) => expect(ownerOf(name, url)).toBe(owner));

  it('is shared out among those, from when the worker was ready, idle time left out', () => {
    const node = (id: number, functionName: string, url: string) => ({
      id,
      callFrame: { functionName, url },
    });
    const nodes = [
      node(1, '(idle)', ''),
      node(2, 'f', '/node_modules/pg/a.js'),
      node(3, 'g', '/src/leads/b.ts'),
    ];
    // At 1010, 1110, 1111, 1112, 1114.
    const profile = { nodes, startTime: 1000, samples: [3, 1, 2, 3, 2], timeDeltas: [10, 100, 1, 1, 2] };
    expect(sharesOf([{ profile, from: 1011 }])).toEqual([
      { whose: 'pg', share: 0.75 },
      { whose: 'src/leads', share: 0.25 },
    ]);
  });
});

describe('the options', () => {
  it('are all parts on both stores at full size', () => {
    const { parts, backends, quick, sizes } = parseOptions([], {});
    expect({ parts, backends, quick }).toEqual({
      parts: PARTS,
      backends: ['sqlite', 'postgres'],
      quick: false,
    });
    expect(sizes).toMatchObject({ openFew: 1_000, openMany: 50_000 });
  });

  it('choose parts, stores and sizes', () => {
    const options = parseOptions(['accept', 'ingest', '--quick', '--temporal', 'sqlite'], {
      BATON_BENCH_OPEN: '70',
    });
    expect(options).toMatchObject({ parts: ['ingest', 'accept'], backends: ['sqlite'], quick: true });
    expect(options.sizes.openMany).toBe(70);
  });

  it('say what is wrong with the number of open leads', () => {
    expect(() => parseOptions([], { BATON_BENCH_OPEN: 'many' })).toThrow(/BATON_BENCH_OPEN must be/);
  });
});
