import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataSet } from '../src/play/data-set.js';

export interface OpenOptions {
  /** The project's examples. */
  readonly examples: string;
  /** Null: made-up leads of the same shape. */
  readonly folder: string | null;
  readonly leads: number;
  readonly seed: number;
  readonly from?: string | undefined;
}

interface Example {
  /** The files of the data set with made-up leads, by name. */
  readonly generate: (options: { leads: number; seed: number }) => Promise<Readonly<Record<string, string>>>;
  readonly open: (options: Omit<OpenOptions, 'folder'> & { readonly folder: string }) => Promise<DataSet>;
}

const EXAMPLES: Readonly<Record<string, Example>> = {
  marketplace: {
    async generate(options) {
      const { mql, deals } = (await import('./marketplace/generate.js')).generateMarketplace(options);
      return { 'mql.csv': mql, 'closed_deals.csv': deals };
    },
    open: async (options) => (await import('./marketplace/data-set.js')).openMarketplace(options),
  },
  education: {
    async generate(options) {
      return { 'leads.csv': (await import('./education/generate.js')).generateEducation(options) };
    },
    async open({ from, ...options }) {
      if (from !== undefined) throw new Error('--from: leads of education have no dates');
      return (await import('./education/data-set.js')).openEducation(options);
    },
  },
};

/** @throws Error that says which there are */
function exampleOf(name: string): Example {
  const found = Object.hasOwn(EXAMPLES, name) ? EXAMPLES[name] : undefined;
  if (found !== undefined) return found;
  throw new Error(`there is no data set "${name}"; there are: ${Object.keys(EXAMPLES).join(', ')}`);
}

/** Opens a data set for a play. @throws Error that names what is missing or wrong */
export async function openDataSet(name: string, options: OpenOptions): Promise<DataSet> {
  const example = exampleOf(name);
  const { folder } = options;
  if (folder !== null) return example.open({ ...options, folder });
  const made = mkdtempSync(join(tmpdir(), 'baton-play-'));
  await generateDataSet(name, made, options);
  return example.open({ ...options, folder: made });
}

/** Writes the files of a data set with made-up leads. @returns their names */
export async function generateDataSet(
  name: string,
  folder: string,
  options: { leads: number; seed: number },
): Promise<readonly string[]> {
  const files = await exampleOf(name).generate(options);
  mkdirSync(folder, { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
  return Object.keys(files);
}
