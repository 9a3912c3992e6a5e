import { createServer } from 'node:net';
import { randomInt } from 'node:crypto';

/** The kernel hands out ports from here upwards to anybody: a server's own port lies below. */
const FIRST_EPHEMERAL_PORT = 32_768;
const FIRST_CANDIDATE = 15_000;

/** A port somebody else holds; the message names the setting that moves ours. */
export class PortTakenError extends Error {
  override readonly name = 'PortTakenError';
  constructor(
    readonly port: number,
    readonly purpose: string,
    readonly setting: string,
  ) {
    super(`Port ${port}, meant for ${purpose}, is taken by another program. Choose another with ${setting}.`);
  }
}

/** Whether we may listen there now; the answer can be out of date at once, so callers still handle refusal. */
export async function isPortFree(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** @throws PortTakenError when it is not free. */
export async function requirePort(
  port: number,
  host: string,
  purpose: string,
  setting: string,
): Promise<void> {
  if (!(await isPortFree(port, host))) throw new PortTakenError(port, purpose, setting);
}

/** A free port below the kernel's range: `preferred` when it is free, else a random one. */
export async function freePort(preferred?: number): Promise<number> {
  if (preferred !== undefined && (await isPortFree(preferred))) return preferred;
  for (let attempt = 0; attempt < 100; attempt++) {
    const port = randomInt(FIRST_CANDIDATE, FIRST_EPHEMERAL_PORT);
    if (await isPortFree(port)) return port;
  }
  throw new Error(
    `No free port found between ${FIRST_CANDIDATE} and ${FIRST_EPHEMERAL_PORT - 1} on 127.0.0.1.`,
  );
}
