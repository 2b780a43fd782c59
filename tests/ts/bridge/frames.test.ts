import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BridgeError } from '../../../ts/bridge/errors.js';
import { encodeFrame, type Frame, FrameDecoder, FrameError } from '../../../ts/bridge/frames.js';
import { PROTOCOL } from '../../../ts/generated/protocol.js';

const bytesOf = (header: object, body?: Uint8Array): Buffer =>
  Buffer.concat(encodeFrame(header, 'work', body));

function decode(chunks: readonly Uint8Array[]): Frame[] {
  const decoder = new FrameDecoder();
  return chunks.flatMap((chunk) => [...decoder.push(chunk)]);
}

const HEADER = { kind: 'call', text: 'naïve 😀' };
const BODY = Uint8Array.from([0, 1, 2, 255]);

describe('frames', () => {
  it('come back whole when the pipe cuts them at any byte', () => {
    const bytes = Buffer.concat([bytesOf(HEADER, BODY), bytesOf({ kind: 'second' })]);
    for (let cut = 0; cut <= bytes.length; cut += 1) {
      const frames = decode([bytes.subarray(0, cut), bytes.subarray(cut)]);
      expect(frames).toEqual([
        { header: HEADER, body: BODY },
        { header: { kind: 'second' }, body: new Uint8Array(0) },
      ]);
    }
  });

  it('come back whole byte by byte', () => {
    const bytes = bytesOf(HEADER, BODY);
    const frames = decode(Array.from(bytes, (byte) => Uint8Array.of(byte)));
    expect(frames).toEqual([{ header: HEADER, body: BODY }]);
  });

  it('come back equal, whatever they carry and however they are cut', () => {
    const frame = fc.record({
      header: fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue()),
      body: fc.uint8Array({ maxLength: 300 }),
    });
    fc.assert(
      fc.property(fc.array(frame), fc.array(fc.integer({ min: 1, max: 400 })), (frames, cuts) => {
        const bytes = Buffer.concat(frames.map(({ header, body }) => bytesOf(header, body)));
        const chunks: Uint8Array[] = [];
        let at = 0;
        for (const cut of cuts) {
          chunks.push(bytes.subarray(at, at + cut));
          at += cut;
        }
        chunks.push(bytes.subarray(at));
        const sent = frames.map(({ header, body }) => ({
          header: JSON.parse(JSON.stringify(header)),
          body,
        }));
        expect(decode(chunks)).toEqual(sent);
      }),
      { numRuns: 200 },
    );
  });

  it('give the frames before a garbled one, then fail', () => {
    const decoder = new FrameDecoder();
    const seen: unknown[] = [];
    expect(() => {
      const bytes = Buffer.concat([bytesOf(HEADER), Buffer.from('Traceback (most recent call)')]);
      for (const frame of decoder.push(bytes)) seen.push(frame.header);
    }).toThrow(FrameError);
    expect(seen).toEqual([HEADER]);
  });

  it.each([
    ['another magic number', 0, 0x2a2a2a2a, /not a frame/],
    ['a header longer than the protocol allows', 4, PROTOCOL.maxHeaderBytes + 1, /header of/],
    ['a header of no bytes', 4, 0, /header of 0 bytes/],
    ['a body longer than the protocol allows', 8, 0xffff_ffff, /body of 4294967295 bytes/],
    ['a wrong checksum', 12, 0, /checksum/],
  ])('are refused with %s', (_what, offset, value, message) => {
    const bytes = bytesOf(HEADER, BODY);
    bytes.writeUInt32LE(value, offset);
    expect(() => decode([bytes])).toThrow(message);
  });

  it('are refused when any byte of header or body was changed', () => {
    const bytes = bytesOf(HEADER, BODY);
    for (let index = PROTOCOL.prefixBytes; index < bytes.length; index += 1) {
      const changed = Buffer.from(bytes);
      changed[index] = (changed[index] ?? 0) ^ 1;
      expect(() => decode([changed])).toThrow(/checksum/);
    }
  });

  it('end at the first byte that is not right, wherever noise gets in', () => {
    const bytes = Buffer.concat([bytesOf(HEADER, BODY), bytesOf(HEADER), bytesOf(HEADER, BODY)]);
    const ends = [
      bytesOf(HEADER, BODY).length,
      bytesOf(HEADER, BODY).length + bytesOf(HEADER).length,
    ];
    fc.assert(
      fc.property(
        fc.nat({ max: bytes.length - 1 }),
        fc.uint8Array({ minLength: 1, maxLength: 40 }),
        fc.boolean(),
        (at, noise, inserted) => {
          const after = bytes.subarray(inserted ? at : at + noise.length);
          const noisy = Buffer.concat([bytes.subarray(0, at), noise, after]);
          fc.pre(!noisy.equals(bytes));
          const decoder = new FrameDecoder();
          const seen: unknown[] = [];
          try {
            for (const frame of decoder.push(noisy)) seen.push(frame.header);
          } catch (error) {
            expect(error).toBeInstanceOf(FrameError);
          }
          const untouched = ends.filter((end) => end <= at).length;
          expect(seen.length).toBeGreaterThanOrEqual(untouched);
          expect(seen).toEqual(seen.map(() => HEADER));
        },
      ),
      { numRuns: 500 },
    );
  });

  it('never come of what is no frame', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 64 })), (chunks) => {
        const decoder = new FrameDecoder();
        try {
          for (const chunk of chunks) expect([...decoder.push(chunk)]).toEqual([]);
        } catch (error) {
          expect(error).toBeInstanceOf(FrameError);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('of a length that is too large cost no memory', () => {
    const prefix = bytesOf(HEADER).subarray(0, PROTOCOL.prefixBytes);
    prefix.writeUInt32LE(0xffff_fff0, 8);
    const before = process.memoryUsage().arrayBuffers;
    expect(() => decode([prefix])).toThrow(FrameError);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 20);
  });

  it('give a body in memory of its own, aligned for Arrow', () => {
    const bytes = bytesOf(HEADER, BODY);
    const [frame] = decode([bytes]);
    bytes.fill(0);
    expect(frame?.body).toEqual(BODY);
    expect(frame?.body.byteOffset).toBe(0);
  });

  it('are not written when they are larger than the protocol allows', () => {
    const long = { text: 'x'.repeat(PROTOCOL.maxHeaderBytes) };
    expect(() => encodeFrame(long, 'work')).toThrow(BridgeError);
    expect(() => encodeFrame(long, 'work')).toThrow(
      /^What is sent of work as JSON has \d+ bytes, more than the \d+ .*as a stream\.$/,
    );
    const body = new Uint8Array(PROTOCOL.maxInlineBodyBytes + 1);
    expect(() => encodeFrame({}, 'work', body)).toThrow(
      /^The body of work has 67108865 bytes, more than the 67108864 .*in pieces, as a stream\.$/,
    );
  });

  it('are not written of what is not JSON, and say of which call', () => {
    expect(() => encodeFrame({ params: { id: 1n } }, 'work')).toThrow(
      expect.objectContaining({
        code: 'INVALID_REQUEST',
        message: expect.stringMatching(/^A value of work cannot .* BigInt\. Send it as text\.$/),
      }),
    );
  });
});
