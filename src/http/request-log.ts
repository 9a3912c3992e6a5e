import type { NextFunction, Request, Response } from 'express';
import type { Log } from '../log.js';

/** One line for each request: method, route pattern, status, time. Never the address: it may name a person. */
export const requestLog =
  (log: Log) =>
  (request: Request, response: Response, next: NextFunction): void => {
    const started = performance.now();
    response.once('finish', () => {
      log.info('request', {
        method: request.method,
        route: routeOf(request),
        status: response.statusCode,
        ms: Math.round(performance.now() - started),
      });
    });
    next();
  };

function routeOf(request: Request): string {
  const route: unknown = request.route;
  if (typeof route !== 'object' || route === null || !('path' in route)) return '(none)';
  return String(route.path);
}
