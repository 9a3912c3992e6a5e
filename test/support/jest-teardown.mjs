import { rmSync } from 'node:fs';

export default async function teardown() {
  const { child, folder } = globalThis.batonTestServers;
  if (child.exitCode === null && child.signalCode === null) {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.stdin.end();
    await ended;
  }
  rmSync(folder, { recursive: true, force: true });
}
