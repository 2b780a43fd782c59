import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { cutStalled } from '../../../ts/http/stalled.js';

const STALLED_MS = 100;

const open: { destroy(): void }[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.destroy();
});

/** A server that cuts stalled clients, and a client that has sent it the given text. */
async function send(text: string, answer: RequestListener): Promise<Socket> {
  const server = createServer(answer);
  cutStalled(server, STALLED_MS);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  open.push(client, { destroy: () => server.close() });
  client.on('error', () => undefined);
  client.write(text);
  return client;
}

describe('a client that stalls is cut', () => {
  it('when it does not read its answer', async () => {
    await new Promise<void>((gone) => {
      void send('GET / HTTP/1.1\r\nHost: a\r\n\r\n', (_request, response) => {
        response.once('close', gone);
        response.end(Buffer.alloc(2 ** 26));
      });
    });
  });

  it('when it does not send the rest of its body', async () => {
    const client = await send(
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n{',
      (request) => request.resume(),
    );
    client.resume();
    await once(client, 'close');
  });

  it('but not while its request is worked on', async () => {
    const client = await send('GET / HTTP/1.1\r\nHost: a\r\n\r\n', (_request, response) => {
      setTimeout(() => response.end('late'), 3 * STALLED_MS);
    });
    const [answer] = await once(client, 'data');
    expect(String(answer)).toMatch(/late$/);
  });
});
