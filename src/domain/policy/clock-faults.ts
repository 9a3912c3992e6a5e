import { parseDuration } from '../time.js';
import { type Fault, fault } from './fault.js';
import type { ClockPolicy, ClockStep, Policy } from './policy.schema.js';

type Doing = ClockStep['do'];

/** What the steps of each clock may do, and with what its last step must end. */
const RULES = {
  acceptance: {
    may: ['remind', 'alert_manager', 'reassign', 'escalate'],
    // An offer that nobody answers must move on: never silence.
    last: ['reassign', 'escalate'],
  },
  firstResponse: { may: ['remind', 'alert_manager', 'reassign', 'escalate'], last: null },
  firstResponseHandRaiser: { may: ['remind', 'alert_manager', 'reassign', 'escalate'], last: null },
  salesInactivity: { may: ['remind', 'alert_manager', 'recycle'], last: ['recycle'] },
} as const satisfies Partial<
  Record<keyof Policy['clocks'], { may: readonly Doing[]; last: readonly Doing[] | null }>
>;

/** What a clock does only once, at its end. */
const ENDING: readonly Doing[] = ['reassign', 'escalate', 'recycle'];

/** What is wrong with the clocks although their shape is right. */
export function clockFaults({ clocks, handOffs }: Pick<Policy, 'clocks' | 'handOffs'>): Fault[] {
  const { mode, handRaiserMode = mode } = handOffs.sdr;
  return [
    ...orderFaults(mode, clocks),
    ...watchFaults(mode, 'firstResponse', clocks.firstResponse),
    ...watchFaults(handRaiserMode, 'firstResponseHandRaiser', clocks.firstResponseHandRaiser),
    ...warningFaults(clocks.salesInactivity),
    ...stepFaults('acceptance', clocks.acceptance),
    ...stepFaults('firstResponse', clocks.firstResponse),
    ...stepFaults('firstResponseHandRaiser', clocks.firstResponseHandRaiser),
    ...stepFaults('salesInactivity', clocks.salesInactivity),
  ];
}

/** A clock that always runs out before another one does leaves that one without an effect. */
function orderFaults(
  mode: 'offer' | 'assign',
  { acceptance, firstResponse, salesInactivity }: Policy['clocks'],
): Fault[] {
  const response = parseDuration(firstResponse.after);
  const faults: Fault[] = [];
  if (mode === 'offer' && parseDuration(acceptance.after) > response) {
    const message = `an offer of ${acceptance.after} outlasts the first response, which is due after ${firstResponse.after}`;
    faults.push(fault(['clocks', 'acceptance', 'after'], message));
  }
  if (parseDuration(salesInactivity.after) < response) {
    const message = `the lead goes back after ${salesInactivity.after}, before its first response is due (${firstResponse.after})`;
    faults.push(fault(['clocks', 'salesInactivity', 'after'], message));
  }
  return faults;
}

/** A lead that is assigned without acceptance has only this clock to move it on from a silent rep. */
function watchFaults(mode: 'offer' | 'assign', clock: keyof typeof RULES, { steps }: ClockPolicy): Fault[] {
  const last = steps.at(-1)?.do;
  if (mode === 'offer' || last === 'reassign' || last === 'escalate') return [];
  const path = ['clocks', clock, 'steps', steps.length - 1, 'do'];
  return [fault(path, 'with mode assign this clock must end by moving the lead', ['reassign', 'escalate'])];
}

/** Nobody loses a lead to silence without having been warned. */
function warningFaults({ steps }: ClockPolicy): Fault[] {
  if (steps.some((step) => step.do === 'remind')) return [];
  return [
    fault(['clocks', 'salesInactivity', 'steps'], 'one step must remind the owner before the lead goes back'),
  ];
}

function stepFaults(clock: keyof typeof RULES, { steps }: ClockPolicy): Fault[] {
  const may: readonly Doing[] = RULES[clock].may;
  const last: readonly Doing[] | null = RULES[clock].last;
  return steps.flatMap((step, i) => {
    const path = ['clocks', clock, 'steps', i];
    const faults: Fault[] = [];
    const before = steps[i - 1];
    const isLast = i === steps.length - 1;
    if (before !== undefined && step.at <= before.at) {
      faults.push(fault([...path, 'at'], `${step.at} must be above the step before (${before.at})`));
    }
    if (isLast && step.at !== 100) {
      faults.push(fault([...path, 'at'], `the last step must be at 100, not at ${step.at}`));
    }
    if (!may.includes(step.do)) {
      faults.push(fault([...path, 'do'], `the clock ${clock} cannot ${step.do}`, may));
    } else if (isLast && last !== null && !last.includes(step.do)) {
      faults.push(fault([...path, 'do'], `the last step of ${clock} cannot be ${step.do}`, last));
    } else if (!isLast && ENDING.includes(step.do)) {
      faults.push(fault([...path, 'do'], `${step.do} ends the clock: it must be the last step`));
    }
    return faults;
  });
}
