import { randomBytes, randomUUID } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const Secrets = z.object({
  /** Of PostgreSQL's superuser, which only `baton up` uses. */
  superuserPassword: z.string().min(1),
  ownerPassword: z.string().min(1),
  appPassword: z.string().min(1),
  journalKeyId: z.string().min(1),
  /** 32 bytes, base64. */
  journalMacKey: z.string().min(1),
});
export type Secrets = z.infer<typeof Secrets>;

/** The secrets of a data folder, made at the first start; the file is readable by its owner only. */
export function loadSecrets(dataDir: string): Secrets {
  const file = join(dataDir, 'secrets.json');
  if (existsSync(file)) {
    chmodSync(file, 0o600);
    const parsed = Secrets.safeParse(parseJson(readFileSync(file, 'utf8')));
    if (parsed.success) return parsed.data;
    throw new Error(
      `${file} is damaged. Without it this data cannot be opened: put back a copy, or choose another data folder.`,
    );
  }
  if (existsSync(join(dataDir, 'postgres'))) {
    throw new Error(
      `${file} is missing, and the database in ${dataDir} cannot be opened without it: put back a copy, ` +
        'or choose another data folder.',
    );
  }
  const secrets: Secrets = {
    superuserPassword: password(),
    ownerPassword: password(),
    appPassword: password(),
    journalKeyId: `local-${randomUUID().slice(0, 8)}`,
    journalMacKey: randomBytes(32).toString('base64'),
  };
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  writeFileSync(`${file}.new`, JSON.stringify(secrets, null, 2), { mode: 0o600 });
  renameSync(`${file}.new`, file);
  return secrets;
}

const password = (): string => randomBytes(24).toString('base64url');

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
