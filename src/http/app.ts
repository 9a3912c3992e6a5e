import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import type { Log } from '../log.js';
import { AccessGuard } from './access.guard.js';
import { AppModule, CONTROLLERS } from './app.module.js';
import { useBodyParsers } from './body-parsers.js';
import { openApiDocument } from './openapi/document.js';
import { ProblemFilter } from './problem.filter.js';
import { requestLog } from './request-log.js';
import { SchemaPipe } from './schema.pipe.js';
import type { Services } from './service.js';

export interface AppOptions {
  readonly services: Services;
  readonly log: Log;
  /** In bytes. */
  readonly bodyLimit: number;
}

const OPTIONS = { bodyParser: false, logger: false, abortOnError: false } as const;

/** The API, ready to listen. */
export async function createApp({ services, log, bodyLimit }: AppOptions): Promise<NestExpressApplication> {
  // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- Nest declares its options as a class and takes plain objects
  const app = await NestFactory.create<NestExpressApplication>(AppModule.with(services), OPTIONS);
  app.disable('x-powered-by');
  app.set('etag', false);
  app.use(requestLog(log));
  useBodyParsers(app, bodyLimit);
  app.useGlobalGuards(new AccessGuard(services.apiKeys, services.reps));
  app.useGlobalPipes(new SchemaPipe());
  app.useGlobalFilters(new ProblemFilter(log));
  // Everything the page needs comes from this server: it works without a network.
  // Cast: the page reads 3.1, the library's types know 3.0 only.
  SwaggerModule.setup('docs', app, () => openApiDocument(CONTROLLERS) as unknown as OpenAPIObject, {
    jsonDocumentUrl: 'openapi.json',
    yamlDocumentUrl: 'openapi.yaml',
    customSiteTitle: 'Baton API',
  });
  return app;
}
