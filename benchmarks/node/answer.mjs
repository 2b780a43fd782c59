// The loop of a contestant: it answers orders, lines of JSON on stdin, until stdin ends. Before each
// it collects garbage, and `settle` does nothing else.
import { createInterface } from 'node:readline';

/**
 * @param {Record<string, (options: object) => unknown>} handlers by the order's name; each gives
 *   what is answered
 * @param {() => unknown} close ends what was started
 */
export async function answerOrders(handlers, close) {
  console.log('null');
  for await (const line of createInterface({ input: process.stdin })) {
    const { order, ...options } = JSON.parse(line);
    globalThis.gc();
    const answer = order === 'settle' ? null : await handlers[order](options);
    console.log(JSON.stringify(answer ?? null));
  }
  await close?.();
}

/** Gives how many seconds some work took, and what it gave. */
export async function timed(work) {
  const began = performance.now();
  const result = await work();
  return { seconds: (performance.now() - began) / 1000, result };
}
