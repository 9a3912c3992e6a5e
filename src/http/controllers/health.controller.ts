import { Controller } from '@nestjs/common';
import { Endpoint } from '../endpoint.js';
import { ProblemError } from '../problem.js';
import { healthAnswer, readyAnswer } from '../schemas/report.schemas.js';
import { Service, type Services } from '../service.js';

/** For whoever watches the process. */
@Controller()
export class HealthController {
  constructor(@Service('readiness') private readonly readiness: Services['readiness']) {}

  @Endpoint({
    method: 'get',
    path: '/healthz',
    access: 'public',
    tag: 'health',
    summary: 'Is the process alive?',
    status: 200,
    answers: healthAnswer,
    example: { answer: { status: 'ok' } },
  })
  health(): object {
    return { status: 'ok' };
  }

  @Endpoint({
    method: 'get',
    path: '/readyz',
    access: 'public',
    tag: 'health',
    summary: 'Can it serve requests: are database and Temporal reachable?',
    status: 200,
    answers: readyAnswer,
    example: { answer: { status: 'ready', checks: { database: 'ok', temporal: 'ok' } } },
  })
  async ready(): Promise<object> {
    const checks = await Promise.all(
      Object.entries(this.readiness).map(
        async ([name, isReachable]) => [name, await outcome(isReachable)] as const,
      ),
    );
    const failed = checks.filter(([, result]) => result !== 'ok').map(([name]) => name);
    if (failed.length > 0) {
      throw new ProblemError(503, `Not reachable: ${failed.join(', ')}.`, {
        checks: Object.fromEntries(checks),
      });
    }
    return { status: 'ready', checks: Object.fromEntries(checks) };
  }
}

const outcome = (isReachable: () => Promise<void>): Promise<'ok' | 'unreachable'> =>
  isReachable().then(
    () => 'ok',
    () => 'unreachable',
  );
