import type { NestExpressApplication } from '@nestjs/platform-express';
import type { NextFunction, Request, Response } from 'express';
import { textFault } from './text-faults.js';
import { ProblemError } from './problem.js';

/** Policies are documents that people write: they come as YAML, too. */
export const YAML_TYPES = ['application/yaml', 'application/x-yaml', 'text/yaml'] as const;
const TAKES_YAML = /^\/v1\/policies\/?$/;
/** Files come as forms; their route reads them. */
const TAKES_FILES = /^\/v1\/imports\/?$/;
const FORM = 'multipart/form-data';

/** Reads bodies up to `limit` bytes; anything that is not JSON (or YAML, where that is taken) is 415. */
export function useBodyParsers(app: NestExpressApplication, limit: number): void {
  app.use(refuseStrangeRequests);
  app.useBodyParser('json', { limit, strict: false });
  app.useBodyParser('text', { limit, type: [...YAML_TYPES], defaultCharset: 'utf-8' });
}

function refuseStrangeRequests(request: Request, _response: Response, next: NextFunction): void {
  const fault = urlFault(request.originalUrl);
  if (fault !== null)
    throw new ProblemError(400, 'The address has faults.', { errors: [{ path: '', message: fault }] });
  if (hasBody(request) && !isTaken(request)) {
    throw new ProblemError(
      415,
      `Send the body as ${wanted(request)}, not as ${contentType(request) || 'nothing'}.`,
    );
  }
  next();
}

function urlFault(url: string): string | null {
  if (url.length > 8_000) return 'must be at most 8,000 characters long';
  try {
    return textFault(decodeURIComponent(url));
  } catch {
    return 'must be percent-encoded UTF-8';
  }
}

const contentType = (request: Request): string =>
  (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase().slice(0, 100) ?? '';

const hasBody = ({ headers }: Request): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

const wanted = ({ path }: Request): string => (TAKES_FILES.test(path) ? FORM : 'application/json');

function isTaken(request: Request): boolean {
  const type = contentType(request);
  if (TAKES_FILES.test(request.path)) return type === FORM;
  if (type === 'application/json') return true;
  return TAKES_YAML.test(request.path) && YAML_TYPES.some((yaml) => yaml === type);
}
