/** One thing that sales finds out about a lead. */
export interface Criterion {
  readonly id: string;
  readonly question: string;
}

export const FRAMEWORK_NAMES = ['champ', 'bant'] as const;
export type FrameworkName = (typeof FRAMEWORK_NAMES)[number];

/** The frameworks that ship: CHAMP with a timeline, and BANT. */
export const FRAMEWORKS: Readonly<Record<FrameworkName, readonly Criterion[]>> = {
  champ: [
    { id: 'challenge', question: 'Which problem do they want to solve, and what does it cost them?' },
    { id: 'authority', question: 'Who decides, and who has a say?' },
    { id: 'money', question: 'What may the solution cost, and is the money there?' },
    { id: 'prioritization', question: 'How does it rank among what else they have to do?' },
    { id: 'timeline', question: 'By when must it work?' },
  ],
  bant: [
    { id: 'budget', question: 'Which budget is there, and whose is it?' },
    { id: 'authority', question: 'Who decides, and who has a say?' },
    { id: 'need', question: 'What do they need it for?' },
    { id: 'timeline', question: 'By when do they want to decide?' },
  ],
};
