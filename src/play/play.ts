import { setTimeout as wait } from 'node:timers/promises';
import { parseDuration } from '../domain/time.js';
import type { BatonApi } from '../feed/baton-api.js';
import { arrive } from './arrivals.js';
import { checkPlay } from './checks.js';
import { createContext, type PlayContext } from './context.js';
import type { DataSet, PlayedLead, Scene } from './data-set.js';
import { fasterPolicy, type FasterPolicy } from './faster-policy.js';
import type { Invariant } from './invariants.js';
import { takePicture, type PlayedJourney } from './journeys.js';
import { leadLines } from './lead-list.js';
import type { LogEntry } from './play-log.js';
import { Players } from './players.js';
import { setUp, type SetUp } from './set-up.js';
import { tallyOf, type Tally } from './tally.js';
import { Timelines } from './timelines.js';

export interface PlayOptions<L extends PlayedLead = PlayedLead> {
  /** A patient one, such as `createBatonApi({ url, key, patienceMs, longestPauseMs: 1_000 })`. */
  readonly api: BatonApi;
  readonly data: DataSet<L>;
  readonly seed: number;
  /** Every duration of the policy and of the data is divided by this whole number. */
  readonly speed: number;
  /** Leads that come in a second; absent: the data set's own. */
  readonly rate?: number | undefined;
  /** Requests under way at the same time. */
  readonly lanes?: number | undefined;
  /** No more leads come in while so many are not at rest; absent: the data set's own. */
  readonly mostMoving?: number | undefined;
  /** Where the play's own log goes, one JSON object per line; null: memory only. */
  readonly logFile: string | null;
  readonly timeoutMs: number;
  /** `leads`: how many Baton held before. */
  readonly onSetUp?: (setUp: SetUp & { readonly leads: number }, policy: FasterPolicy) => void;
  readonly onProgress?: (progress: PlayProgress) => void;
  /** Ends the play: it rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

export interface PlayProgress {
  /** Of the data set. */
  readonly leads: number;
  readonly captured: number;
  /** Leads that somebody here still moves, or that have something left to do. */
  readonly moving: number;
  readonly events: number;
}

export interface PlayResult {
  /** Everything that was sent, decided and answered. */
  readonly log: readonly LogEntry[];
  /** By external id. */
  readonly journeys: ReadonlyMap<string, PlayedJourney>;
  readonly tally: Tally;
  readonly invariants: readonly Invariant[];
  readonly seconds: number;
}

const LANES = 12;
/** Stages in which clocks and other people's doings move a lead. */
const WATCHED = ['mql', 'sal', 'sql', 'opportunity', 'nurture', 'review'] as const;
const LOOK_MS = 300;
/** The list is read for a share of the time only: the machine is for the product. */
const LOOK_SHARE = 4;
/** An answer may take this part of the time that an offer stands, before leads are held back. */
const SLOW_SHARE = 10;

/**
 * Plays a data set as live traffic: its leads come in and do what they do, its people answer. Playing the same
 * again goes on where it stopped.
 * @throws Error when the leads do not come to rest in time, or Baton refuses what it must not refuse
 */
export async function play<L extends PlayedLead>(options: PlayOptions<L>): Promise<PlayResult> {
  const { api, data, seed, speed, lanes = LANES, logFile } = options;
  const started = Date.now();
  const known = new Set<string>();
  for await (const { id } of leadLines(api, null)) known.add(id);
  const faster = fasterPolicy(data.policy, speed);
  const ready = await setUp(api, data, faster.policy);
  options.onSetUp?.({ ...ready, leads: known.size }, faster);
  const context = createContext({ api, play: data.name, seed, lanes, logFile });
  const real = (length: number): number => length / speed;
  const players = new Players(context, data, { seed, real, clocks: clocksOf(faster) });
  const timelines = new Timelines(context, data, real, (lead) => players.fallSilent(lead));
  try {
    await perform(options, faster, context, players, timelines);
  } finally {
    context.timers.end();
  }
  const seconds = (Date.now() - started) / 1000;
  const externalIds = data.leads.map(({ externalId }) => externalId);
  const picture = await takePicture(api, data.source, externalIds, lanes);
  const views = new Map([...picture.journeys].map(([lead, { view }]) => [lead, view] as const));
  const funnel = picture.lines.length === externalIds.length && picture.still ? picture.funnel : null;
  const resumed = [...views.values()].some(({ id }) => known.has(id));
  const log = context.log.entries;
  return {
    log,
    journeys: picture.journeys,
    tally: tallyOf([...picture.journeys.values()].map(({ rows }) => rows)),
    invariants: [
      ...checkPlay(log, picture, externalIds, known),
      ...data.check({ speed, resumed, log, views, funnel }),
    ],
    seconds,
  };
}

async function perform<L extends PlayedLead>(
  options: PlayOptions<L>,
  { policy }: FasterPolicy,
  context: PlayContext,
  players: Players<L>,
  timelines: Timelines,
): Promise<void> {
  const { api, data, speed, signal, onProgress } = options;
  const longestWait = parseDuration(policy.clocks.acceptance.after) / SLOW_SHARE;
  const mostMoving = options.mostMoving ?? data.mostMoving ?? Infinity;
  const deadline = Date.now() + options.timeoutMs;
  const arrivals = { over: false, done: false };
  context.run(async () => {
    await arrive(context, data, {
      rate: options.rate ?? data.rate,
      // More leads on a machine that is slow already would only make the people late.
      crowded: () => context.waiting() > longestWait || players.moving.length >= mostMoving,
      over: () => arrivals.over,
      onCaptured(lead, id) {
        players.add(lead, id);
        timelines.begin(lead);
      },
    });
    arrivals.done = true;
  });
  try {
    for (;;) {
      signal?.throwIfAborted();
      context.throwIfFailed();
      const began = Date.now();
      await watch(api, players);
      const { moving, size } = players;
      onProgress?.({
        leads: data.leads.length,
        captured: size,
        moving: Math.max(moving.length, timelines.open),
        events: timelines.sent,
      });
      const calm = arrivals.done && timelines.open === 0 && moving.length === 0;
      if (calm && Date.now() - timelines.lastAt >= data.linger / speed) return;
      if (Date.now() > deadline) throw new Error(notAtRest(data.leads.length, size, moving));
      await wait(Math.max(LOOK_MS, LOOK_SHARE * (Date.now() - began)));
    }
  } finally {
    arrivals.over = true;
  }
}

/** Tells the players which leads have moved. */
async function watch(api: BatonApi, players: { notice(id: string, seq: number): void }): Promise<void> {
  for (const stage of WATCHED) {
    for await (const { id, seq } of leadLines(api, stage)) players.notice(id, seq);
  }
}

function notAtRest(leads: number, captured: number, moving: readonly string[]): string {
  const some = moving.length === 0 ? '' : `, such as ${moving.slice(0, 5).join(', ')}`;
  return (
    `Time is up: ${captured} of ${leads} leads came in, ${moving.length} have not come to rest${some}. ` +
    'Give it more time with --timeout.'
  );
}

function clocksOf({ policy }: FasterPolicy): Scene['clocks'] {
  const { acceptance, firstResponse, firstResponseHandRaiser } = policy.clocks;
  return {
    acceptance: parseDuration(acceptance.after),
    firstResponse: parseDuration(firstResponse.after),
    firstResponseHandRaiser: parseDuration(firstResponseHandRaiser.after),
  };
}
