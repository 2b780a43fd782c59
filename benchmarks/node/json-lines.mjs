// The other way of rows to Python and back: lines of JSON over the child's stdin and stdout.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { PYTHON, pythonProgram } from './python.mjs';

const ROWS_PER_WRITE = 1000;
const NEWLINE = 10;

/** Starts the child; `exchange(rows)` gives the rows of its result. */
export function openJsonLines() {
  const child = spawn(PYTHON, [pythonProgram('json_lines.py')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const exchange = async (rows) => {
    const [result] = await Promise.all([readRows(child.stdout), writeRows(child.stdin, rows)]);
    return result;
  };
  return { exchange, close: () => child.stdin.end() };
}

/** Writes in chunks, and waits where the pipe is full. */
async function writeRows(stream, rows) {
  for (let at = 0; at < rows.length; at += ROWS_PER_WRITE) {
    let text = '';
    for (let row = at; row < Math.min(at + ROWS_PER_WRITE, rows.length); row += 1) {
      text += `${JSON.stringify(rows[row])}\n`;
    }
    if (!stream.write(text)) await once(stream, 'drain');
  }
  stream.write('\n');
}

/** Reads up to the empty line; a chunk is cut at its last line end, which no letter contains. */
function readRows(stream) {
  return new Promise((resolve, reject) => {
    const rows = [];
    let rest = [];
    const take = (chunk) => {
      const end = chunk.lastIndexOf(NEWLINE);
      if (end < 0) {
        rest.push(chunk);
        return;
      }
      const lines = Buffer.concat([...rest, chunk.subarray(0, end)])
        .toString('utf8')
        .split('\n');
      rest = [chunk.subarray(end + 1)];
      for (const line of lines) if (line !== '') rows.push(JSON.parse(line));
      if (lines.at(-1) === '') finish(resolve, rows);
    };
    const fail = () => finish(reject, new Error('the child ended'));
    const finish = (settle, value) => {
      stream.off('data', take).off('end', fail);
      settle(value);
    };
    stream.on('data', take).on('end', fail);
  });
}
