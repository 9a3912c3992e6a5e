import { beforeEach, describe, expect, it } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { systemClock } from '../../src/clock.js';
import { createWebhookSender } from '../../src/deliveries/webhook-sender.js';
import { freePort } from '../../src/embedded/ports.js';
import { useReceiver } from './webhook-receiver.js';

const receiver = useReceiver();
const secret = `whsec_${Buffer.alloc(32, 5).toString('base64')}`;
const send = createWebhookSender({ clock: systemClock, timeout: 300 });
const message = () => ({ id: 'dl_1', body: '{"a":1}', url: receiver.url, secret });

beforeEach(() => {
  receiver.received.length = 0;
  Object.assign(receiver, { status: 204, headers: {}, silent: false });
});

describe('a webhook', () => {
  it('carries a signature that the receiver can verify', async () => {
    expect(await send(message())).toBeNull();
    const [{ headers, body } = { headers: {}, body: '' }] = receiver.received;
    const signed = {
      'webhook-id': String(headers['webhook-id']),
      'webhook-timestamp': String(headers['webhook-timestamp']),
      'webhook-signature': String(headers['webhook-signature']),
    };
    expect(new Webhook(secret).verify(body, signed)).toEqual({ a: 1 });
    expect(() => new Webhook(secret).verify('{"a":2}', signed)).toThrow();
  });

  it('is not taken when the receiver answers with an error', async () => {
    receiver.status = 500;
    expect(await send(message())).toBe('HTTP 500');
  });

  it('follows no redirect', async () => {
    Object.assign(receiver, { status: 302, headers: { location: receiver.url } });
    expect(await send(message())).toBe('HTTP 302');
    expect(receiver.received).toHaveLength(1);
  });

  it('gives up on a receiver that does not answer', async () => {
    receiver.silent = true;
    expect(await send(message())).toBe('no answer in time');
  });

  it('says why nobody was reached, without the address', async () => {
    const url = `http://127.0.0.1:${await freePort()}/`;
    expect(await send({ ...message(), url })).toBe('ECONNREFUSED');
  });
});
