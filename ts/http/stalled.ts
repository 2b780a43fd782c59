import type { Server } from 'node:http';

/**
 * Ends the connections of clients that neither send the rest of their request nor take any of
 * their answer: what these hold, such as memory for their body, is others'.
 *
 * While a request is worked on nothing need cross, however long that takes.
 *
 * @param ms - how long nothing may cross; longer than a body may wait to be read.
 */
export function cutStalled(server: Server, ms: number): void {
  server.setTimeout(ms);
  server.prependListener('request', (request, response) => {
    response.on('timeout', () => {
      if (!request.complete || response.headersSent) request.socket.destroy();
    });
  });
}
