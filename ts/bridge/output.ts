import { StringDecoder } from 'node:string_decoder';
import { PROTOCOL } from '../generated/protocol.js';

/** How many of the last lines are kept, to say why a worker ended. */
const KEPT_LINES = 20;
/** What a worker may write to the log in a second; the rest is counted. */
const BYTES_PER_SECOND = 256 * 1024;

/**
 * What a worker prints, line by line and bounded: long lines are cut, a flood is counted instead
 * of logged. The pipe is drained all the same, so the worker never waits for the log.
 */
export class OutputLines {
  readonly #write: (line: string) => void;
  readonly #writeDropped: (lines: number) => void;
  readonly #decoder = new StringDecoder('utf8');
  readonly #last: string[] = [];
  #line = '';
  #dropped = 0;
  #windowStart = 0;
  #windowBytes = 0;

  constructor(write: (line: string) => void, writeDropped: (lines: number) => void) {
    this.#write = write;
    this.#writeDropped = writeDropped;
  }

  /** The last lines, joined: what a person needs to see when the worker has ended. */
  get last(): string {
    return this.#last.join('\n');
  }

  push(chunk: Buffer): void {
    const [first = '', ...rest] = this.#decoder.write(chunk).split('\n');
    this.#append(first);
    for (const part of rest) {
      this.#flush();
      this.#append(part);
    }
  }

  /** The stream has ended; what stands without a line end is a line too. */
  end(): void {
    this.#append(this.#decoder.end());
    if (this.#line !== '') this.#flush();
    this.#reportDropped();
  }

  #append(text: string): void {
    const room = PROTOCOL.maxLogLineBytes - this.#line.length;
    if (room > 0) this.#line += text.slice(0, room);
  }

  #flush(): void {
    const line = this.#line.trimEnd();
    this.#line = '';
    if (line === '') return;
    this.#last.push(line);
    if (this.#last.length > KEPT_LINES) this.#last.shift();
    const now = performance.now();
    if (now - this.#windowStart > 1000) {
      this.#windowStart = now;
      this.#windowBytes = 0;
      this.#reportDropped();
    }
    this.#windowBytes += line.length;
    if (this.#windowBytes > BYTES_PER_SECOND) this.#dropped += 1;
    else this.#write(line);
  }

  #reportDropped(): void {
    if (this.#dropped > 0) this.#writeDropped(this.#dropped);
    this.#dropped = 0;
  }
}
