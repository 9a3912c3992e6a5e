import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { z } from 'zod';
import { loadConfig } from '../../src/config.js';
import { projectRoot } from '../../src/embedded/project-root.js';
import { SEARCH_ATTRIBUTES } from '../../src/embedded/temporal.js';

const root = projectRoot();
const text = (file: string): string => readFileSync(join(root, file), 'utf8');

const Condition = z.enum(['service_started', 'service_healthy', 'service_completed_successfully']);
const Healthcheck = z.strictObject({
  test: z
    .tuple([z.enum(['CMD', 'CMD-SHELL'])])
    .rest(z.string())
    .optional(),
  disable: z.boolean().optional(),
  interval: z.string().optional(),
  timeout: z.string().optional(),
  retries: z.number().optional(),
});
/** The part of the Compose Specification that our file uses; anything else is a typing error. */
const Service = z.strictObject({
  image: z.string().regex(/:[\w.-]+$/, 'pin a version'),
  build: z.string().optional(),
  restart: z.string().regex(/^(no|always|unless-stopped|on-failure(:\d+)?)$/),
  init: z.boolean().optional(),
  read_only: z.boolean().optional(),
  tmpfs: z.array(z.string()).optional(),
  cap_drop: z.array(z.string()).optional(),
  security_opt: z.array(z.string()).optional(),
  command: z.array(z.string()).optional(),
  entrypoint: z.array(z.string()).optional(),
  depends_on: z.record(z.string(), z.strictObject({ condition: Condition })).optional(),
  environment: z.record(z.string(), z.string()).optional(),
  volumes: z.array(z.string().regex(/^[\w./-]+:[\w./-]+(:ro)?$/)).optional(),
  ports: z.array(z.string().regex(/^127\.0\.0\.1:\d+:\d+$/, 'publish on the loopback only')).optional(),
  healthcheck: Healthcheck.optional(),
});
const Compose = z.strictObject({
  name: z.string(),
  services: z.record(z.string(), Service),
  volumes: z.record(z.string(), z.null()),
});

const document = parse(text('docker-compose.yml'), { merge: true }) as Record<string, unknown>;
const compose = Compose.parse(
  Object.fromEntries(Object.entries(document).filter(([key]) => !key.startsWith('x-'))),
);
const services = Object.entries(compose.services);

const exampleNames = [...text('deploy/example.env').matchAll(/^(\w+)=/gm)].map((match) => match[1] ?? '');

/** Fills `${NAME:?…}` and `${NAME:-default}` as Compose does. */
function filled(environment: Record<string, string>, values: Record<string, string>): Record<string, string> {
  const fill = (value: string): string =>
    value.replace(/\$\{(\w+)(?::(-|\?)([^}]*))?\}/g, (_all, name: string, kind?: string, rest?: string) => {
      const found = values[name] ?? (kind === '-' ? rest : undefined);
      if (found === undefined) throw new Error(`deploy/example.env does not name ${name}`);
      return found;
    });
  return Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, fill(value)]));
}

describe('docker-compose.yml', () => {
  it('has the two servers, their setup, the API and the worker', () => {
    expect(services.map(([name]) => name)).toEqual([
      'postgres',
      'temporal-schema',
      'temporal',
      'temporal-namespace',
      'temporal-ui',
      'migrate',
      'api',
      'worker',
    ]);
  });

  it('waits only for services that are there, and for health only where it is checked', () => {
    for (const [, { depends_on: needs = {} }] of services) {
      for (const [name, { condition }] of Object.entries(needs)) {
        expect(compose.services).toHaveProperty(name);
        if (condition === 'service_healthy') expect(compose.services[name]?.healthcheck?.test).toBeDefined();
      }
    }
  });

  it('mounts files that exist', () => {
    const mounts = services.flatMap(([, { volumes = [] }]) =>
      volumes.map((volume) => volume.split(':')[0] ?? ''),
    );
    for (const source of mounts.filter((mount) => mount.startsWith('.'))) {
      expect({ source, exists: existsSync(join(root, source)) }).toEqual({ source, exists: true });
    }
  });

  it('asks for every secret, holds none, and names them all in deploy/example.env', () => {
    const needed = [...text('docker-compose.yml').matchAll(/\$\{(\w+):\?/g)].map((match) => match[1] ?? '');
    expect([...new Set(needed)].sort()).toEqual([...exampleNames].sort());
    expect(text('deploy/example.env')).not.toMatch(/(PASSWORD|MAC_KEY)=./);
  });

  it.each(['api', 'worker', 'migrate'])('gives the %s a configuration that it accepts', (name) => {
    const values = Object.fromEntries(exampleNames.map((key) => [key, 'abc123']));
    values.JOURNAL_MAC_KEY = Buffer.alloc(32, 7).toString('base64');
    const config = loadConfig(filled(compose.services[name]?.environment ?? {}, values));
    expect(config.temporal.address).toBe('temporal:7233');
    expect(config.databaseUrl).toBe('postgresql://baton_app:abc123@postgres:5432/baton');
  });

  it('lets the owner of the tables in nowhere but in the migration', () => {
    const withOwner = services.filter(([, { environment = {} }]) => 'MIGRATION_DATABASE_URL' in environment);
    expect(withOwner.map(([name]) => name)).toEqual(['migrate']);
  });
});

describe('the deployment', () => {
  it('registers the search attributes that the code writes', () => {
    const pairs = text('deploy/temporal-namespace.sh').matchAll(/--name (\w+) --type (\w+)/g);
    expect(Object.fromEntries([...pairs].map((match) => [match[1], match[2]]))).toEqual(SEARCH_ATTRIBUTES);
  });

  it('builds an image that is not root and holds what it copies', () => {
    const dockerfile = text('Dockerfile');
    expect(dockerfile).toMatch(/^USER node$/m);
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap((match) =>
      match[1]?.split(' '),
    );
    const allowed = text('.dockerignore')
      .match(/^!.+$/gm)
      ?.map((line) => line.slice(1));
    expect(copied.sort()).toEqual(allowed?.sort());
  });
});
