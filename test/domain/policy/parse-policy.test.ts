import { describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { canonical } from '../../../src/domain/canonical.js';
import { type ParsedPolicy, parsePolicy, policyJsonSchema } from '../../../src/domain/policy/parse-policy.js';
import type { Policy } from '../../../src/domain/policy/policy.schema.js';
import { soundPolicy } from './sound-policy.js';

const faultsOf = (parsed: ParsedPolicy) => (parsed.ok ? [] : parsed.faults);

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

/** A document with one place changed (undefined: left out), which the types would not let through. */
function changed(path: string, value: unknown): unknown {
  const document: unknown = structuredClone(soundPolicy());
  const keys = path.slice(1).split('/');
  const last = keys.pop() ?? '';
  const parent = keys.reduce<unknown>((inner, key) => (isObject(inner) ? inner[key] : undefined), document);
  if (!isObject(parent)) throw new Error(`the sound policy has no ${path}`);
  if (value === undefined) Reflect.deleteProperty(parent, last);
  else parent[last] = value;
  return document;
}

/** A policy of the right shape, with a change of its meaning. */
function broken(change: (policy: Policy) => void): Policy {
  const policy = soundPolicy();
  change(policy);
  return policy;
}

describe('a sound policy', () => {
  it('is taken as it is, with the bytes that its hash is made of', () => {
    const policy = soundPolicy();
    expect(parsePolicy(policy)).toEqual({ ok: true, policy, text: canonical(policy), warnings: [] });
  });

  it('may go without scoring rules, without a second hand-off and without mismatch', () => {
    const policy = broken((p) => {
      p.scoring.fit = [];
      p.scoring.events = [];
      p.scoring.groups = {};
      delete p.scoring.mismatch;
      delete p.handOffs.ae;
    });
    expect(faultsOf(parsePolicy(policy))).toEqual([]);
  });

  it('is warned about more event rules than people keep in mind', () => {
    const rules = (n: number) =>
      broken(({ scoring }) => {
        scoring.events = Array.from({ length: n }, (_, i) => ({ ...scoring.events[0]!, id: `rule-${i}` }));
      });
    expect(parsePolicy(rules(12))).toMatchObject({ ok: true, warnings: [] });
    expect(parsePolicy(rules(13))).toMatchObject({ ok: true, warnings: [{ path: '/scoring/events' }] });
  });
});

describe('a document of the wrong shape', () => {
  it.each<[string, unknown, string, RegExp]>([
    ['/name', undefined, '/name', /^is missing$/],
    ['/name', 'Default', '/name', /^"Default": lower-case letters/],
    ['/scoring', undefined, '/scoring', /^is missing$/],
    ['/scoring/weights/explicit', 45.5, '/scoring/weights/explicit', /^45.5 is not a whole number$/],
    ['/scoring/weights/explicit', '45', '/scoring/weights/explicit', /^"45" is not a number$/],
    ['/scoring/thresholds/mql', 101, '/scoring/thresholds/mql', /^101: .*100/],
    ['/scoring/groups/company/part', 'fit', '/scoring/groups/company/part', /^"fit" is not allowed here$/],
    [
      '/scoring/groups/company/halfLife',
      '30d',
      '/scoring/groups/company/halfLife',
      /^"30d": a whole number and a unit/,
    ],
    ['/scoring/groups/No', { part: 'explicit', cap: 1 }, '/scoring/groups/No', /^this name does not fit/],
    ['/scoring/fit', {}, '/scoring/fit', /^an object is not a list$/],
    ['/scoring/fit/1/point', 3, '/scoring/fit/1/point', /^there is no such setting here$/],
    ['/scoring/fit/0/points', 0.0000001, '/scoring/fit/0/points', /six decimals/],
    ['/scoring/events/0/where/a~1', { like: 'x' }, '/scoring/events/0/where/a~01/like', /no such setting/],
    ['/clocks/acceptance/steps', [], '/clocks/acceptance/steps', /^a list: /],
    [
      '/clocks/acceptance/steps/0/do',
      'email',
      '/clocks/acceptance/steps/0/do',
      /^"email" is not allowed here$/,
    ],
    ['/reviewDefault', null, '/reviewDefault', /^null is not allowed here$/],
    ['/handOffs/sdr/attempts', 0, '/handOffs/sdr/attempts', /^0: /],
  ])('%s = %j is a fault at %s', (place, value, path, message) => {
    const faults = faultsOf(parsePolicy(changed(place, value)));
    expect(faults).toMatchObject([{ path }]);
    expect(faults[0]!.message).toMatch(message);
  });

  it('says what is allowed', () => {
    expect(faultsOf(parsePolicy(changed('/reviewDefault', 'wait')))[0]!.allowed).toEqual([
      'nurture',
      'disqualify',
      'return',
    ]);
    expect(faultsOf(parsePolicy(changed('/scoring/groups/company/decay', '1 day')))[0]!.allowed).toEqual([
      'part',
      'cap',
      'halfLife',
      'scaledByFit',
    ]);
  });

  it.each([[undefined], [null], ['policy'], [[]], [7]])('%j is refused as a whole', (document) => {
    expect(faultsOf(parsePolicy(document))).toMatchObject([{ path: '' }]);
  });

  it('is told every fault at once', () => {
    const document = { ...soundPolicy(), name: 7, extra: 1, scoring: { weights: {} }, nurture: undefined };
    expect(
      faultsOf(parsePolicy(document))
        .map(({ path }) => path)
        .sort(),
    ).toEqual([
      '/extra',
      '/name',
      '/nurture',
      '/scoring/events',
      '/scoring/fit',
      '/scoring/groups',
      '/scoring/thresholds',
      '/scoring/weights/explicit',
      '/scoring/weights/implicit',
    ]);
  });
});

describe('a policy of the right shape', () => {
  it.each<[string, (policy: Policy) => void, string[]]>([
    ['weights that do not make 100', (p) => (p.scoring.weights.explicit = 46), ['/scoring/weights']],
    [
      'demotions that are no lower than promotions',
      ({ scoring: { thresholds } }) => {
        thresholds.mqlDemotion = 50;
        thresholds.advancedDemotion = 66;
      },
      ['/scoring/thresholds/mqlDemotion', '/scoring/thresholds/advancedDemotion'],
    ],
    ['an advanced below mql', (p) => (p.scoring.thresholds.mql = 66), ['/scoring/thresholds/advanced']],
    [
      'a mismatch of everything',
      (p) => (p.scoring.mismatch = { strong: 20, weak: 20 }),
      ['/scoring/mismatch/weak'],
    ],
    [
      'a rule of an unknown group',
      (p) => {
        p.scoring.fit[1]!.group = 'firm';
        p.scoring.events[0]!.group = 'constructor';
        p.scoring.groups = { company: { part: 'explicit', cap: 100 } };
        p.scoring.thresholds = {
          ...p.scoring.thresholds,
          mql: 20,
          mqlDemotion: 10,
          advanced: 25,
          advancedDemotion: 20,
          minEngagement: 0,
        };
      },
      ['/scoring/fit/1/group', '/scoring/events/0/group'],
    ],
    ['two scoring rules of one name', (p) => (p.scoring.events[0]!.id = 'size'), ['/scoring/events/0/id']],
    [
      'a group that no rule uses',
      (p) => (p.scoring.groups['intent'] = { part: 'implicit', cap: 5 }),
      ['/scoring/groups/intent'],
    ],
    [
      'half-lives out of bounds',
      (p) => {
        p.scoring.groups['company']!.halfLife = '59 minutes';
        p.scoring.groups['engagement']!.halfLife = '3651 days';
      },
      ['/scoring/groups/company/halfLife', '/scoring/groups/engagement/halfLife'],
    ],
    [
      'thresholds above what fit rules and caps can give',
      (p) => {
        p.scoring.fit[0]!.points = -60;
        p.scoring.groups['engagement']!.cap = 29;
      },
      ['/scoring/thresholds/mql', '/scoring/thresholds/advanced', '/scoring/thresholds/minEngagement'],
    ],
    [
      'a minimum fit that no lead has',
      (p) => {
        p.scoring.fit[0]!.points = 1;
        p.scoring.thresholds.minFit = 42;
      },
      ['/scoring/thresholds/minFit'],
    ],
    [
      'conditions that can never hold',
      (p) => {
        p.scoring.fit[0]!.when = { atLeast: 10, below: 10 };
        p.scoring.fit[1]!.when = { in: ['A', 'b'], notIn: ['a ', 'B'] };
        p.scoring.events[0]!.where = {
          page: { present: false, contains: 'x' },
          'a/b': { in: ['5'], below: 5 },
        };
        p.disqualifiers[0]!.when = { in: [' '] };
      },
      [
        '/scoring/fit/0/when',
        '/scoring/fit/1/when',
        '/scoring/events/0/where/page',
        '/scoring/events/0/where/a~1b',
        '/disqualifiers/0/when',
      ],
    ],
    [
      'two disqualifiers of one name',
      (p) => p.disqualifiers.push({ ...p.disqualifiers[0]! }),
      ['/disqualifiers/1/id'],
    ],
    [
      'steps out of order, repeated, and not to the end',
      (p) => {
        p.clocks.acceptance.steps = [
          { at: 80, do: 'remind' },
          { at: 50, do: 'remind' },
          { at: 50, do: 'remind' },
          { at: 90, do: 'reassign' },
        ];
      },
      ['/clocks/acceptance/steps/1/at', '/clocks/acceptance/steps/2/at', '/clocks/acceptance/steps/3/at'],
    ],
    [
      'an acceptance clock that ends in silence',
      (p) => (p.clocks.acceptance.steps = [{ at: 100, do: 'remind' }]),
      ['/clocks/acceptance/steps/0/do'],
    ],
    [
      'steps that their clock cannot do',
      (p) => {
        p.clocks.acceptance.steps[0]!.do = 'recycle';
        p.clocks.firstResponse.steps[0]!.do = 'recycle';
        p.clocks.firstResponseHandRaiser.steps[0]!.do = 'recycle';
        p.clocks.salesInactivity.steps[0]!.do = 'reassign';
      },
      [
        '/clocks/salesInactivity/steps',
        '/clocks/acceptance/steps/0/do',
        '/clocks/firstResponse/steps/0/do',
        '/clocks/firstResponseHandRaiser/steps/0/do',
        '/clocks/salesInactivity/steps/0/do',
      ],
    ],
    [
      'leads assigned without acceptance and no clock that takes them back',
      (p) => {
        p.handOffs.sdr.handRaiserMode = 'assign';
        p.clocks.firstResponseHandRaiser.steps = [{ at: 100, do: 'alert_manager' }];
      },
      ['/clocks/firstResponseHandRaiser/steps/0/do'],
    ],
    [
      'a clock that moves the lead on before its end',
      (p) => {
        p.clocks.acceptance.steps = [
          { at: 50, do: 'reassign' },
          { at: 100, do: 'escalate' },
        ];
      },
      ['/clocks/acceptance/steps/0/do'],
    ],
    [
      'a lead that goes back without a warning',
      (p) => (p.clocks.salesInactivity.steps = [{ at: 100, do: 'recycle' }]),
      ['/clocks/salesInactivity/steps'],
    ],
    [
      'a sales inactivity that recycles too early and does not end with it',
      (p) => {
        p.clocks.salesInactivity.steps = [
          { at: 50, do: 'recycle' },
          { at: 100, do: 'remind' },
        ];
      },
      ['/clocks/salesInactivity/steps/0/do', '/clocks/salesInactivity/steps/1/do'],
    ],
    [
      'a required criterion that is none',
      (p) => (p.qualification.required = ['budget', 'authority']),
      ['/qualification/required/1'],
    ],
    [
      'lists that say things twice',
      (p) => {
        p.handRaisers = ['a', 'a'];
        p.handOffs.byHand.roles = ['admin', 'admin'];
        p.handOffs.byHand.pools = ['sdr', 'sdr'];
        p.qualification = { criteria: ['x', 'y', 'x'], required: ['y', 'y'] };
        p.reasons = {
          ...p.reasons,
          decline: ['d', 'd'],
          recycle: ['r', 'r'],
          disqualify: ['student', 'student'],
        };
      },
      [
        '/handRaisers/1',
        '/handOffs/byHand/roles/1',
        '/handOffs/byHand/pools/1',
        '/qualification/criteria/2',
        '/qualification/required/1',
        '/reasons/decline/1',
        '/reasons/recycle/1',
        '/reasons/disqualify/1',
      ],
    ],
    [
      'a return date for leads that do not return',
      (p) => {
        p.reasons.reject['spam'] = { to: 'disqualified', recycleAfter: '1 day' };
        p.reasons.lost['closed'] = { outcome: 'final', recycleAfter: '1 day' };
      },
      ['/reasons/reject/spam/recycleAfter', '/reasons/lost/closed/recycleAfter'],
    ],
    [
      'faults everywhere',
      (p) => {
        p.scoring.weights.implicit = 54;
        p.qualification.required = ['x'];
        p.clocks.firstResponse.steps[0]!.at = 99;
      },
      ['/scoring/weights', '/qualification/required/0', '/clocks/firstResponse/steps/0/at'],
    ],
  ])('with %s is refused', (_, change, paths) => {
    expect(faultsOf(parsePolicy(broken(change))).map(({ path }) => path)).toEqual(paths);
  });

  it('is told what would be allowed and what the limit is', () => {
    const policy = broken((p) => {
      p.scoring.fit[0]!.group = 'firm';
      p.scoring.thresholds.minFit = 41;
      p.clocks.salesInactivity.steps[1]!.do = 'remind';
    });
    expect(faultsOf(parsePolicy(policy))).toEqual([
      {
        path: '/scoring/fit/0/group',
        message: 'there is no group "firm"',
        allowed: ['company', 'engagement'],
      },
      {
        path: '/scoring/thresholds/minFit',
        message:
          '41 can never be reached: with these rules, caps and weights the explicit part is 40 at most',
      },
      {
        path: '/clocks/salesInactivity/steps/1/do',
        message: 'the last step of salesInactivity cannot be remind',
        allowed: ['recycle'],
      },
    ]);
  });
});

describe('the published JSON Schema', () => {
  it('is one of draft 2020-12 and names what it describes', () => {
    expect(policyJsonSchema()).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      $ref: '#/$defs/Policy',
      $defs: { Policy: { title: 'Baton policy', type: 'object', additionalProperties: false } },
    });
  });

  it('takes points that floating point cannot divide, as the parser does', () => {
    const validate = new Ajv2020().compile(policyJsonSchema());
    for (let cents = -5_000; cents <= 5_000; cents += 1) {
      const policy = broken((p) => (p.scoring.events[0]!.points = cents / 100));
      if (!validate(policy)) throw new Error(`${cents / 100}: ${JSON.stringify(validate.errors)}`);
    }
    expect(faultsOf(parsePolicy(broken((p) => (p.scoring.events[0]!.points = 32.123456))))).toEqual([]);
  });
});
