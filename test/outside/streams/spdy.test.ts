import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SpdyConnection, type SpdyStream } from '../../../src/outside/streams/spdy-connection.ts';
import { spdyDictionary } from '../../../src/outside/streams/spdy-dictionary.ts';
import { SpdyError, SpdyFrameReader, type SpdyFrame } from '../../../src/outside/streams/spdy-frames.ts';
import { EmptyHeaders, SpdyHeaderReader } from '../../../src/outside/streams/spdy-headers.ts';
import { ASpdyClient, aWire, control, data, word } from './a-spdy-client.ts';

/** What a connection heard, in words, and the streams that it accepted. */
function serve(): { readonly far: ReturnType<typeof aWire>['far']; readonly heard: string[]; readonly streams: SpdyStream[]; readonly over: Promise<void> } {
  const { near, far } = aWire();
  const heard: string[] = [];
  const streams: SpdyStream[] = [];
  const connection = new SpdyConnection(near, (stream) => {
    streams.push(stream);
    const type = stream.headers.get('streamtype') ?? '';
    heard.push(`open ${type}`);
    return { data: (bytes) => heard.push(`${type}: ${bytes.toString()}`), end: () => heard.push(`${type} ends`), closed: () => heard.push(`${type} is closed`) };
  });
  far.on('error', () => undefined);
  return { far, heard, streams, over: connection.serve(Buffer.alloc(0)) };
}

const read = async (far: ReturnType<typeof aWire>['far']): Promise<SpdyFrame[]> => {
  const reader = new SpdyFrameReader();
  const frames: SpdyFrame[] = [];
  for await (const chunk of far) frames.push(...reader.push(chunk as Buffer));
  return frames;
};

describe('a SPDY connection', () => {
  test('opens streams by their headers, answers each, and passes on what is said', async () => {
    const { far, heard, streams, over } = serve();
    const client = new ASpdyClient();
    far.write(await client.open(1, { Streamtype: 'error' }, true));
    far.write(await client.open(3, { streamtype: 'stdin', port: '80' }));
    far.write(data(3, 'hello'));
    far.write(control(6, 0, word(7)));
    far.write(data(3, '', true));
    far.write(data(3, 'too late'));
    far.write(data(99, 'to nobody'));
    far.end();
    const told = read(far);
    await over;
    expect(heard).toEqual(['open error', 'error ends', 'open stdin', 'stdin: hello', 'stdin ends', 'error is closed', 'stdin is closed']);
    expect(streams[1]?.headers).toEqual(new Map([['streamtype', 'stdin'], ['port', '80']]));
    expect((await told).map((frame) => ('stream' in frame ? `${frame.type} ${frame.stream}` : frame.type))).toEqual(['reply 1', 'reply 3', 'ping']);
  });

  test('says what it is given in pieces, and its end once', async () => {
    const { far, streams, over } = serve();
    far.write(await new ASpdyClient().open(1, { streamtype: 'stdout' }));
    const told = read(far);
    await expect.poll(() => streams.length).toBe(1);
    streams[0]?.write(Buffer.alloc(100_000, 0x61));
    streams[0]?.end();
    streams[0]?.end();
    streams[0]?.write(Buffer.from('after the end'));
    far.end();
    await over;
    const frames = (await told).filter((frame) => frame.type === 'data');
    expect(frames.map((frame) => (frame.type === 'data' ? [frame.bytes.length, frame.fin] : []))).toEqual([[32_768, false], [32_768, false], [32_768, false], [1_696, false], [0, true]]);
  });

  test('refuses even numbers, numbers that were, and more streams than anybody needs', async () => {
    const { far, heard, over } = serve();
    const client = new ASpdyClient();
    for (const id of [2, 5, 5, 3]) far.write(await client.open(id, { streamtype: `s${id}` }));
    for (let id = 7; id < 7 + 2 * 600; id += 2) far.write(await client.open(id, { streamtype: 'one of many' }));
    far.end();
    const frames = await read(far);
    await over;
    expect(heard[0]).toBe('open s5');
    expect(frames.filter(({ type }) => type === 'reply')).toHaveLength(512);
    expect(frames.filter(({ type }) => type === 'reset')).toHaveLength(3 + 600 - 511);
  });

  test('ends, and nothing else does, where headers are no zlib, unpack to a bomb, or lie about their lengths', async () => {
    const client = new ASpdyClient();
    const bomb = await client.open(1, { streamtype: 'x'.repeat(1_000_000) });
    const cutShort = control(2, 0, Buffer.concat([word(1), Buffer.of(0x78, 0x01, 0x00, 0x04, 0x00, 0xfb, 0xff, 0, 0, 0, 9)]));
    const garbage = control(1, 0, Buffer.concat([word(1), word(0), Buffer.alloc(2), Buffer.from('no zlib at all')]));
    for (const bytes of [bomb, garbage, cutShort, control(1, 0, word(1)), Buffer.of(0x80, 0x02, 0, 1, 0, 0, 0, 0)]) {
      const { far, heard, over } = serve();
      far.write(bytes);
      far.resume();
      await over;
      expect(heard).toEqual([]);
    }
  });
});

describe('frames', () => {
  const frames = fc.array(fc.oneof(
    fc.record({ stream: fc.nat(0x7fff_ffff), text: fc.string({ maxLength: 300 }).map((text) => text.replace(/[^\x20-\x7e]/g, '?')), fin: fc.boolean() }).map(({ stream, text, fin }) => ({ bytes: data(stream, text, fin), is: { type: 'data', stream, text, fin } })),
    fc.nat(0xffff_ffff).map((id) => ({ bytes: control(6, 0, word(id)), is: { type: 'ping', id } })),
    fc.constantFrom(4, 9, 77).map((type) => ({ bytes: control(type, 0, word(5)), is: { type: 'ignored' } })),
  ), { maxLength: 12 });

  test('come out as they went in, however the wire cuts them', () => {
    fc.assert(fc.property(frames, fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 }), (sent, cuts) => {
      const reader = new SpdyFrameReader();
      let rest = Buffer.concat(sent.map(({ bytes }) => bytes));
      const got: SpdyFrame[] = [];
      for (let nth = 0; rest.length > 0; nth++) {
        const cut = cuts[nth % cuts.length] as number;
        got.push(...reader.push(rest.subarray(0, cut)));
        rest = rest.subarray(cut);
      }
      expect(got.map((frame) => (frame.type === 'data' ? { type: 'data', stream: frame.stream, text: frame.bytes.toString(), fin: frame.fin } : frame.type === 'ping' ? { type: 'ping', id: frame.id.readUInt32BE() } : { type: frame.type }))).toEqual(sent.map(({ is }) => is));
    }));
  });

  test('any bytes at all are frames, or end the connection with a SpdyError, and nothing else', () => {
    fc.assert(fc.property(fc.array(fc.uint8Array({ maxLength: 64 }), { maxLength: 8 }), (chunks) => {
      const reader = new SpdyFrameReader();
      try {
        for (const chunk of chunks) reader.push(Buffer.from(chunk));
      } catch (error) {
        expect(error).toBeInstanceOf(SpdyError);
      }
    }), { numRuns: 2_000 });
  });

  test('too large a frame is refused by its length, before its content comes', () => {
    const head = Buffer.of(0, 0, 0, 1, 0, 0xff, 0xff, 0xff);
    expect(() => new SpdyFrameReader().push(head)).toThrow(SpdyError);
  });
});

describe('headers', () => {
  test('share the dictionary of the draft', () => {
    expect(spdyDictionary()).toHaveLength(1423);
    expect(createHash('sha256').update(spdyDictionary()).digest('hex')).toBe('51d27341373f923f3cd88e1eb7162aeaa3723d7585ff2399201dc06498407f02');
  });

  test('of ours are none, and unpack one block after the other', async () => {
    const [writer, reader] = [new EmptyHeaders(), new SpdyHeaderReader()];
    for (let nth = 0; nth < 3; nth++) expect(await reader.read(writer.next())).toEqual(new Map());
  });
});
