// Microservices of `python/service.py`, and a client that keeps its connections alive.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { Client } from 'undici';
import { PYTHON, pythonProgram } from './python.mjs';

const POLL_MS = 20;

/** Starts one process of the service, and gives a client of it that is connected. */
export async function openService() {
  const child = spawn(PYTHON, [pythonProgram('service.py')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [port] = await once(child.stdout, 'data');
  const client = new Client(`http://127.0.0.1:${Number(port)}`, { bodyTimeout: 0 });
  while (!(await isReady(client))) await setTimeout(POLL_MS);
  const post = async (path, type, body) => {
    const request = { path, method: 'POST', headers: { 'content-type': type }, body };
    const reply = await client.request(request);
    if (reply.statusCode !== 200) throw new Error(`${path}: ${await reply.body.text()}`);
    return reply.body;
  };
  const close = async () => {
    await client.close();
    child.stdin.end();
  };
  return { post, close };
}

async function isReady(client) {
  try {
    const { body } = await client.request({ path: '/ready', method: 'GET' });
    await body.dump();
    return true;
  } catch (error) {
    if (error.code === 'ECONNREFUSED') return false;
    throw error;
  }
}
