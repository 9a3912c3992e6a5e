import {
  ActivityFailure,
  allHandlersFinished,
  ApplicationFailure,
  condition,
  continueAsNew,
  isCancellation,
  log,
  proxyLocalActivities,
  setHandler,
  sleep,
  TemporalFailure,
  workflowInfo,
} from '@temporalio/workflow';
import type { LeadActivities } from '../activities/lead.activities.js';
import type { Answer, ApplyResult } from '../src/domain/journey/apply.types.js';
import { HOUR, SECOND } from '../src/domain/time.js';
import { showAttributes, showDetails, Story, UNKNOWN } from './lead.display.js';
import {
  BELLS,
  commandUpdates,
  type HandedOnCommand,
  JOURNAL_CONFLICT,
  JOURNAL_UNAVAILABLE,
  type LeadRun,
} from './lead.messages.js';
import { WakeTimer } from './wake-timer.js';

/** A new run starts after this many events, long before the server would insist; it counts signals, too. */
const EVENTS_PER_RUN = 500;
const FIRST_PAUSE = SECOND;
const LONGEST_PAUSE = 30 * SECOND;
/** After a fault that only a person can mend: looked at again now and then, and at every bell. */
const FAULT_PAUSE = HOUR;

/**
 * Gives up after seven attempts in 6.3 s, so that the time it was called with never gets old. The limit of 10 s
 * alone would not do: the SDK's core does not apply it between attempts that fail at once.
 */
const { apply } = proxyLocalActivities<LeadActivities>({
  startToCloseTimeout: '5 s',
  scheduleToCloseTimeout: '10 s',
  retry: {
    initialInterval: '100 ms',
    backoffCoefficient: 2,
    maximumAttempts: 7,
    nonRetryableErrorTypes: [JOURNAL_CONFLICT],
  },
});

interface WaitingCommand extends HandedOnCommand {
  readonly answer: (answer: Answer) => void;
  readonly fail: (failure: ApplicationFailure) => void;
}

const conflict = (): ApplicationFailure =>
  ApplicationFailure.nonRetryable('the journal cannot take this command', JOURNAL_CONFLICT);
const unavailable = (): ApplicationFailure =>
  ApplicationFailure.nonRetryable('the journal does not answer', JOURNAL_UNAVAILABLE);

const isLong = (): boolean =>
  workflowInfo().historyLength >= EVENTS_PER_RUN || workflowInfo().continueAsNewSuggested;

const nobody = (): void => undefined;

/**
 * The mailbox, serialiser and clock of one lead. It holds no rule: handlers note that somebody rang, and one
 * loop, the single writer, lets `apply` do what there is to do and adopts what comes back.
 */
export async function leadWorkflow({ leadId, handedOn }: LeadRun): Promise<void> {
  /** Those handed on first; whoever sent them asks again for the answer. */
  const commands: WaitingCommand[] = (handedOn?.commands ?? []).map((command) => ({
    ...command,
    answer: nobody,
    fail: nobody,
  }));
  /** Why to look without a command; null: nobody rang. The first run looks at once, and one after an outage. */
  let bell: string | null = handedOn === undefined ? 'start' : handedOn.commands ? 'retry' : null;
  let seq = handedOn?.seq ?? 0;
  let shown = handedOn?.attributes ?? null;
  const story = new Story(handedOn?.story ?? [], seq);
  let wake = { at: handedOn?.wakeAt ?? null, for: handedOn?.wakeFor ?? null };
  let looked = 0;
  let ended = false;

  for (const signal of Object.values(BELLS)) {
    setHandler(signal, () => void (bell ??= signal.name));
  }
  for (const [name, update] of commandUpdates) {
    setHandler(
      update,
      ({ inputId }) => new Promise((answer, fail) => commands.push({ inputId, name, answer, fail })),
    );
  }

  const timer = new WakeTimer((wakeFor) => void (bell ??= wakeFor));
  const isIdle = (): boolean => bell === null && commands.length === 0;
  const isSettled = (): boolean => allHandlersFinished() || !isIdle();

  /** One call of `apply`: for the first waiting command, else a look. Null when it failed for good. */
  async function step(): Promise<ApplyResult | null> {
    const command = commands[0];
    const summary = command?.name ?? `look: ${bell ?? 'more'}`;
    // Before the call, not after it: who rings while it runs is looked at again.
    if (command === undefined) bell = null;
    const result = await applyDurably(command?.inputId ?? null, summary);
    if (command === undefined || (result?.answer === null && result.more)) return result;
    commands.shift();
    if (result?.answer == null) command.fail(conflict());
    else command.answer(result.answer);
    return result;
  }

  /** Tries until the database answers, each time with a fresh time, so that an outage makes no offer late. */
  async function applyDurably(command: string | null, summary: string): Promise<ApplyResult | null> {
    for (let pause = FIRST_PAUSE; ; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
      looked = Date.now();
      try {
        return await apply.executeWithOptions({ summary }, [{ leadId, at: looked, command }]);
      } catch (error) {
        if (isCancellation(error) || !(error instanceof TemporalFailure)) throw error;
        // A local activity's failure comes as it is, a regular one's inside an ActivityFailure.
        const cause = error instanceof ActivityFailure ? error.cause : error;
        if (cause instanceof ApplicationFailure && cause.type === JOURNAL_CONFLICT) {
          log.error('the journal cannot take this', { leadId, summary });
          return null;
        }
        log.warn('apply does not answer', { leadId, pause, summary });
        if (isLong()) await handOn({ outage: true });
        await sleep(pause, { summary: 'retry: the journal does not answer' });
      }
    }
  }

  /** Shows operators where the lead stands; a failed `apply` has told nothing new but that it failed. */
  function show(result: ApplyResult | null): void {
    const known = result?.attributes ?? shown ?? UNKNOWN;
    const next = { ...known, trouble: result === null ? JOURNAL_CONFLICT : null };
    showAttributes(next, shown);
    shown = next;
    showDetails(next, wake, story);
  }

  /** Goes on in a new run, which carries out what still waits: a repeat of the command gets its answer there. */
  async function handOn({ outage }: { outage: boolean }): Promise<never> {
    await condition(() => {
      for (const { fail } of commands) fail(unavailable());
      return allHandlersFinished();
    });
    const waiting = new Map(commands.map(({ inputId, name }) => [inputId, { inputId, name }]));
    return continueAsNew<typeof leadWorkflow>({
      leadId,
      handedOn: {
        seq,
        attributes: shown,
        story: story.lines,
        wakeAt: wake.at,
        wakeFor: wake.for,
        ...(outage && { commands: [...waiting.values()] }),
      },
    });
  }

  timer.set(wake.at, wake.for, looked);
  for (;;) {
    await condition(() => !isIdle());
    let result: ApplyResult | null;
    do {
      result = await step();
      if (result !== null) story.note(result);
    } while (result?.more === true || !isIdle());

    if (result !== null) {
      ({ seq, ended } = result);
      wake = { at: result.wakeAt, for: result.wakeFor };
    } else if (wake.at === null || wake.at <= looked) {
      wake = { at: looked + FAULT_PAUSE, for: 'repair' };
    }
    show(result);
    timer.set(ended ? null : wake.at, wake.for, looked);

    if (!ended && !isLong()) continue;
    await condition(isSettled);
    if (!isIdle()) continue;
    if (ended) return;
    await handOn({ outage: false });
  }
}
