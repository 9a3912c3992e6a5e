import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { draw } from '../../src/play/draw.js';
import type { ReceivedMessage } from './checks/records.js';

/** Of the messages, this share is refused when it comes for the first time. */
const REFUSED = 0.05;

/** A real receiver of webhooks on the loopback that checks signatures and now and then has a bad moment. */
export class WebhookListener {
  /** What was taken, each time. */
  readonly received: ReceivedMessage[] = [];
  /** Messages whose signature was wrong. */
  forged = 0;
  readonly #seen = new Set<string>();
  readonly #server: Server;
  #secret = '';

  constructor(seed: number) {
    this.#server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        const { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': signature } = request.headers;
        response.writeHead(this.#take(String(id), String(at), String(signature), body, seed)).end();
      });
    });
  }

  /** @returns the URL to register */
  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/hook`;
  }

  /** The secret that the registration was answered with. */
  expect(secret: string): void {
    this.#secret = secret;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  #take(id: string, timestamp: string, signature: string, body: string, seed: number): number {
    try {
      const headers = { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature };
      new Webhook(this.#secret).verify(body, headers);
    } catch {
      this.forged += 1;
      return 401;
    }
    const first = !this.#seen.has(id);
    this.#seen.add(id);
    if (first && draw(seed, 'refused', this.#seen.size) < REFUSED) return 503;
    this.received.push({ id, body });
    return 204;
  }
}
