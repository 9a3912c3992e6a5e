import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { domainLibraries, importFault, targetOf, workflowLibraries } from '../scripts/import-rules.mjs';
import { projectRoot } from '../src/embedded/project-root.js';
import { findCycle, importsOf, importsOfFile, sourceFiles } from './support/import-graph.js';

const root = projectRoot();
const ours = ['src', 'workflows', 'activities'];
const files = sourceFiles(root, ours);
const imports = files.flatMap((file) => importsOfFile(root, file));
const values = imports.filter(({ typeOnly }) => !typeOnly);
const graph = new Map(
  files.map((file) => [
    file,
    values.filter(({ from }) => from === file).flatMap(({ specifier }) => targetOf(file, specifier) ?? []),
  ]),
);

/** Everything a file brings along when it is loaded, itself included. */
function loadedWith(start: string): Set<string> {
  const seen = new Set<string>();
  const open = [start];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (seen.has(file)) continue;
    seen.add(file);
    open.push(...(graph.get(file) ?? []));
  }
  return seen;
}

function faultsIn(file: string, text: string): (string | null)[] {
  return importsOf(file, text).map(({ from, specifier, typeOnly }) => importFault(from, specifier, typeOnly));
}

describe('who imports whom', () => {
  it('is as the folders promise', () => {
    const faults = imports.flatMap(({ from, specifier, typeOnly }) => {
      const fault = importFault(from, specifier, typeOnly);
      return fault === null ? [] : [`${from} imports ${specifier}: ${fault}`];
    });
    expect(files.length).toBeGreaterThan(20);
    expect(faults).toEqual([]);
  });

  it('goes to files that exist', () => {
    const missing = imports.filter(({ from, specifier }) => {
      const target = targetOf(from, specifier);
      return target !== null && !existsSync(join(root, target));
    });
    expect(missing).toEqual([]);
  });

  it('has no cycles among what runs', () => {
    expect(findCycle(graph)).toBeNull();
  });

  it('brings no library into the workflow bundle but those that belong there', () => {
    const bundled = [...graph.keys()]
      .filter((file) => file.startsWith('workflows/'))
      .flatMap((f) => [...loadedWith(f)]);
    const libraries = values
      .filter(({ from, specifier }) => bundled.includes(from) && !specifier.startsWith('.'))
      .filter(({ specifier }) => !workflowLibraries.includes(specifier))
      .map(({ from, specifier }) => `${from} brings ${specifier}`);
    expect(libraries).toEqual([]);
  });

  it('keeps files short enough to read', () => {
    const long = sourceFiles(root, [...ours, 'test'])
      .map((file) => ({ file, lines: readFileSync(join(root, file), 'utf8').split('\n').length }))
      .filter(({ lines }) => lines > 401);
    expect(long).toEqual([]);
  });
});

describe('a forbidden import', () => {
  it.each([
    ['src/domain/journey/decide.ts', "import { readFileSync } from 'node:fs';"],
    ['src/domain/journey/decide.ts', "import type { DataSource } from 'typeorm';"],
    ['src/domain/journey/decide.ts', "import { loadConfig } from '../../config.js';"],
    ['src/domain/journey/decide.ts', "export * from '../../config.js';"],
    ['src/domain/journey/decide.ts', "const fs = await import('node:fs');"],
    [
      'workflows/lead.workflow.ts',
      "import { createLeadActivities } from '../activities/lead.activities.js';",
    ],
    ['workflows/lead.workflow.ts', "import { z } from 'zod';"],
    ['workflows/lead.workflow.ts', "import '../src/config.js';"],
    ['activities/lead.activities.ts', "import { apply } from '../src/leads/apply.js';"],
    ['src/http/leads.controller.ts', "import { DataSource } from 'typeorm';"],
    ['src/http/leads.controller.ts', "import type { Client } from '@temporalio/client';"],
    ['src/leads/apply.ts', "import { createLeadActivities } from '../../activities/lead.activities.js';"],
    ['src/leads/apply.ts', "import { ask } from '../../test/support/protocol.js';"],
    ['src/db/journal.store.ts', "import { LeadsController } from '../http/leads.controller.js';"],
  ])('is found: %s with %s', (file, text) => {
    expect(faultsIn(file, text)).toEqual([expect.stringMatching(/\w/)]);
  });

  it.each([
    [
      'src/domain/journey/decide.ts',
      `import c from '${domainLibraries[0] ?? ''}'; import { d } from '../time.js';`,
    ],
    ['workflows/lead.workflow.ts', "import type * as lead from '../activities/lead.activities.js';"],
    ['workflows/lead.workflow.ts', "import { type Journey } from '../src/domain/journey/journey.js';"],
    ['activities/lead.activities.ts', "import type { Apply } from '../src/leads/apply.js';"],
    ['src/http/leads.controller.ts', "import { Controller } from '@nestjs/common';"],
    ['src/worker.ts', "import { createLeadActivities } from '../activities/lead.activities.js';"],
    ['src/leads/gateway.ts', "import { pokeSignal } from '../../workflows/lead.messages.js';"],
  ])('is told from an allowed one: %s with %s', (file, text) => {
    expect(faultsIn(file, text).filter((fault) => fault !== null)).toEqual([]);
  });

  it('is found in a cycle', () => {
    expect(findCycle(new Map([['a', ['b']], ['b', ['c']], ['c', ['b']]]))).toEqual(['b', 'c', 'b']); // prettier-ignore
  });
});
