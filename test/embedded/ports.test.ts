import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { freePort, isPortFree, requirePort } from '../../src/embedded/ports.js';

describe('a port', () => {
  let server: Server | undefined;
  afterEach(() => new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve())));

  async function occupy(port = 0): Promise<number> {
    server = createServer();
    await new Promise<void>((resolve) => server?.listen(port, '127.0.0.1', resolve));
    return (server.address() as AddressInfo).port;
  }

  it('that is taken is named, with what it is for and the setting that moves it', async () => {
    const port = await occupy();
    await expect(requirePort(port, '127.0.0.1', "Baton's API", '--port or PORT')).rejects.toThrow(
      `Port ${port}, meant for Baton's API, is taken by another program. Choose another with --port or PORT.`,
    );
  });

  it('that is free is let through', async () => {
    await expect(requirePort(await freePort(), '127.0.0.1', 'a test', 'nothing')).resolves.toBeUndefined();
  });

  it('is chosen below the range that the kernel hands out', async () => {
    const port = await freePort();
    expect(port).toBeGreaterThan(1024);
    expect(port).toBeLessThan(32_768);
    expect(await isPortFree(port)).toBe(true);
  });

  it('stays the preferred one while that is free, and moves when it is not', async () => {
    const preferred = await freePort();
    expect(await freePort(preferred)).toBe(preferred);
    await occupy(preferred);
    expect(await freePort(preferred)).not.toBe(preferred);
  });
});
