import type { Policy } from '../../../src/domain/policy/policy.schema.js';
import { TEST_POLICY } from '../journey/test-policy.js';

/** The test policy with a playbook or track for everything that they can do. */
export const PLAYBOOK_POLICY: Policy = {
  ...TEST_POLICY,
  playbooks: [
    {
      id: 'greet',
      on: { stage: 'inquiry', reason: ['captured'] },
      when: { country: { in: ['de', 'at'] } },
      do: [{ webhook: { topic: 'greet_lead' } }, { tag: { add: ['greeted'] } }],
    },
    {
      id: 'prepare',
      on: { stage: 'mql' },
      do: [{ notify: { to: 'sales', message: '{{lead}} comes: {{stage}} by {{reason}}' } }],
    },
    {
      id: 'call',
      on: { stage: 'sal' },
      do: [
        { tag: { add: ['working'], remove: ['greeted'] } },
        { task: { title: 'Call {{lead}}, {{ owner }}', for: 'owner', due: '2 hours', until: 'left' } },
        { notify: { to: 'rep', message: 'Call within two hours' } },
      ],
    },
    {
      id: 'onboard',
      on: { stage: 'closed_won' },
      do: [
        { task: { title: 'Arrange the kick-off', for: 'owner', due: '3 days' } },
        { task: { title: 'Ask for a reference', for: 'marketing', due: '60 days', until: 'done' } },
        { webhook: { topic: 'customer_won' } },
        { notify: { to: 'manager', message: '{{owner}} has won {{lead}}' } },
      ],
    },
    {
      id: 'lost',
      on: { stage: 'closed_lost', reason: ['no_budget'] },
      do: [{ task: { title: 'Say thank you', for: 'marketing', due: '1 day' } }],
    },
  ],
  tracks: [
    {
      id: 'warm-up',
      on: { stage: 'nurture' },
      steps: [
        { after: '3 days', do: [{ webhook: { topic: 'send_story' } }] },
        {
          after: '7 days',
          do: [
            { webhook: { topic: 'send_offer' } },
            {
              task: { title: 'Look at {{lead}} of {{owner}}', for: 'marketing', due: '1 day', until: 'left' },
            },
          ],
        },
      ],
      rounds: 2,
    },
    {
      id: 'newsletter',
      on: { stage: 'inquiry' },
      leaveOn: ['opportunity', 'closed_won', 'closed_lost'],
      once: true,
      steps: [{ after: '30 days', do: [{ webhook: { topic: 'newsletter' } }] }],
      rounds: 12,
    },
    {
      id: 'regional',
      on: { stage: 'mql' },
      when: { country: { in: ['de'] } },
      steps: [{ after: '1 day', do: [{ notify: { to: 'marketing', message: 'Invite {{lead}}' } }] }],
    },
  ],
};
