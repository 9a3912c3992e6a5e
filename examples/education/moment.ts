import type { LeadView } from '../../src/domain/journey/apply.types.js';
import type { Command } from '../../src/domain/journey/inputs.js';
import type { Milliseconds } from '../../src/domain/time.js';
import type { PlayedLead, Properties, Scene, Step } from '../../src/play/data-set.js';
import { draw } from '../../src/play/draw.js';

export interface EducationLead extends PlayedLead {
  /** The outcome in the data: what people do is in line with it. What the lead does is not made of it. */
  readonly converted: boolean;
}

/** What somebody does next with a lead, with all that it takes to say so. */
export interface Moment extends Scene {
  readonly lead: EducationLead;
  /** 0 to 1, by the lead and what is decided, and nothing else. */
  readonly chance: (...labels: readonly (string | number)[]) => number;
  /** Between two lengths of the data's time, in real time. */
  readonly within: (label: string, least: Milliseconds, most: Milliseconds) => Milliseconds;
  /** Decisions of this round: a lead that was recycled is judged anew. */
  readonly round: number;
}

export const WAIT: Step = { do: 'wait' };
export const REST: Step = { do: 'rest' };

export const act = (
  name: string,
  command: Command,
  body: Properties,
  as: string | null,
  after: Milliseconds,
): Step => ({ do: 'command', name, command, body, as, after });

const LONGEST_SHARE = 0.7;

/** How much of a clock a rep lets pass: mostly little, sometimes a lot; some are always slower than others. */
export function shareOf(clock: Milliseconds, chance: number, rep: string): Milliseconds {
  const pace = 0.5 + draw(0, 'pace', rep);
  return clock * Math.min(LONGEST_SHARE, pace * (0.02 + 0.5 * chance ** 2));
}

/** Who works the lead now. */
export const ownerOf = ({ owners }: LeadView): string | null => owners.ae ?? owners.sdr;
