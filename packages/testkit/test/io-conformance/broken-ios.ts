import type { Io } from '@minimq/core';

// Transports that are wrong in one thing each, around one that is right.

type Bytes = Uint8Array<ArrayBuffer>;

const NEVER: Promise<never> = new Promise(() => {});

function nextTurn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

/** The right one, but for what is given. */
function around(io: Io, wrong: Partial<Io>): Io {
  return {
    read: (buffer) => io.read(buffer),
    write: (bytes) => io.write(bytes),
    flush: () => io.flush(),
    close: () => io.close(),
    ...wrong,
  };
}

async function writeAll(io: Io, bytes: Bytes): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await io.write(bytes.subarray(at));
}

/** Reads ahead, up to `highWaterBytes` or without end, and answers reads out of that. */
export class ReadAhead {
  readonly #chunks: Bytes[] = [];
  #isEnded = false;
  #heldBytes = 0;
  #failure: { readonly error: unknown } | undefined;
  #wake: () => void = () => {};

  constructor(io: Io, highWaterBytes: number, onBytes: (heldBytes: number) => void = () => {}) {
    const pump = async (): Promise<void> => {
      for (;;) {
        while (this.#heldBytes >= highWaterBytes) await nextTurn();
        const buffer = new Uint8Array(16_384);
        const count = await io.read(buffer);
        if (count === 0) break;
        this.#chunks.push(buffer.subarray(0, count));
        this.#heldBytes += count;
        onBytes(this.#heldBytes);
        this.#wake();
        await nextTurn();
      }
      this.#isEnded = true;
      this.#wake();
    };
    pump().catch((error: unknown) => this.fail(error));
  }

  /** Forgets the newest chunk. */
  drop(): void {
    this.#heldBytes -= this.#chunks.pop()?.length ?? 0;
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  fail(error: unknown): void {
    this.#failure ??= { error };
    this.#wake();
  }

  take(buffer: Bytes): number | undefined {
    const chunk = this.#chunks[0];
    if (chunk === undefined) {
      if (this.#failure !== undefined) throw this.#failure.error;
      return this.#isEnded ? 0 : undefined;
    }
    const count = Math.min(chunk.length, buffer.length);
    buffer.set(chunk.subarray(0, count));
    if (count === chunk.length) this.#chunks.shift();
    else this.#chunks[0] = chunk.subarray(count);
    this.#heldBytes -= count;
    return count;
  }

  async read(buffer: Bytes): Promise<number> {
    for (;;) {
      const count = this.take(buffer);
      if (count !== undefined) return count;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}

export const brokenIos = {
  'settles a write before it has copied the bytes': (io) => {
    let before: Promise<void> = Promise.resolve();
    return around(io, {
      async write(bytes) {
        await before;
        before = nextTurn().then(() => writeAll(io, bytes));
        before.catch(() => {});
        return bytes.length;
      },
    });
  },

  'keeps the bytes of a write that has to wait': (io) => {
    let before: Promise<number> | number = 0;
    return around(io, {
      async write(bytes) {
        await before;
        before = io.write(bytes);
        if (typeof before === 'number') return before;
        before.catch(() => {});
        return bytes.length;
      },
    });
  },

  'detaches the bytes of a write': (io) =>
    around(io, {
      write(bytes) {
        const { byteOffset, length } = bytes;
        const moved = structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
        return io.write(new Uint8Array(moved, byteOffset, length));
      },
    }),

  'detaches the buffer of a read': (io) =>
    around(io, {
      read(buffer) {
        const { byteOffset, length } = buffer;
        const moved = structuredClone(buffer.buffer, { transfer: [buffer.buffer] });
        return io.read(new Uint8Array(moved, byteOffset, length));
      },
    }),

  'says 0 where there is no data': (io) => {
    const ahead = new ReadAhead(io, 1_000);
    return around(io, {
      async read(buffer) {
        await nextTurn();
        return ahead.take(buffer) ?? 0;
      },
    });
  },

  'lets a read time out': (io) => {
    const timeOut = nextTurn().then(nextTurn);
    return around(io, {
      async read(buffer) {
        const count = await Promise.race([io.read(buffer), timeOut]);
        if (count === undefined) throw new Error('Timed out');
        return count;
      },
    });
  },

  'says the end once and then nothing': (io) => {
    let isEnded = false;
    return around(io, {
      async read(buffer) {
        if (isEnded) return NEVER;
        const count = await io.read(buffer);
        isEnded = count === 0;
        return count;
      },
    });
  },

  'rejects at the end of the stream': (io) =>
    around(io, {
      async read(buffer) {
        const count = await io.read(buffer);
        if (count === 0) throw new Error('The peer has ended the stream');
        return count;
      },
    }),

  'drops what has not been read when the peer ends': (io) => {
    const ahead = new ReadAhead(io, 2_000);
    return around(io, {
      async read(buffer) {
        await nextTurn();
        await nextTurn();
        return ahead.isEnded ? 0 : ahead.read(buffer);
      },
    });
  },

  'leaves a read pending when it is closed': (io) => {
    let isClosed = false;
    return around(io, {
      async read(buffer) {
        const count = await io.read(buffer);
        return isClosed ? NEVER : count;
      },
      close() {
        isClosed = true;
        return io.close();
      },
    });
  },

  'leaves a write pending when it is closed': (io) => {
    return around(io, {
      write(bytes) {
        const answer = io.write(bytes);
        return typeof answer === 'number' ? answer : answer.catch(() => NEVER);
      },
    });
  },

  'throws when it is closed twice': (io) => {
    let isClosed = false;
    return around(io, {
      close() {
        if (isClosed) throw new Error('Already closed');
        isClosed = true;
        return io.close();
      },
    });
  },

  'never has closed': (io) =>
    around(io, {
      close() {
        void io.close();
        return NEVER;
      },
    }),

  'does not release the stream when it is closed': (io) => {
    let isClosed = false;
    let stop: (error: Error) => void = () => {};
    const stopped = new Promise<never>((_, reject) => (stop = reject));
    stopped.catch(() => {});
    const refuse = (): void => {
      if (isClosed) throw new Error('closed');
    };
    return around(io, {
      read(buffer) {
        refuse();
        return Promise.race([io.read(buffer), stopped]);
      },
      write(bytes) {
        refuse();
        return Promise.race([io.write(bytes), stopped]);
      },
      close() {
        isClosed = true;
        stop(new Error('closed'));
      },
    });
  },

  'accepts writes after it was closed': (io) => {
    let isClosed = false;
    return around(io, {
      write: (bytes) => (isClosed ? bytes.length : io.write(bytes)),
      close() {
        isClosed = true;
        return io.close();
      },
    });
  },

  'puts bytes into the buffer of a read after it was closed': (io) => {
    let lent: Bytes | undefined;
    return around(io, {
      async read(buffer) {
        lent = buffer;
        const count = await io.read(buffer);
        if (count > 0) lent = undefined;
        return count;
      },
      async close() {
        await io.close();
        await nextTurn();
        lent?.fill(0);
      },
    });
  },

  'goes on with a write after it was closed': (io) => {
    let writing: Promise<number> | undefined;
    let stop: (error: Error) => void = () => {};
    const stopped = new Promise<never>((_, reject) => (stop = reject));
    stopped.catch(() => {});
    return around(io, {
      write(bytes) {
        const answer = io.write(bytes);
        if (typeof answer === 'number') return answer;
        writing = answer.finally(() => (writing = undefined));
        return Promise.race([writing, stopped]);
      },
      async close() {
        stop(new Error('closed'));
        await writing?.catch(() => {});
        await io.close();
      },
    });
  },

  'reads everything into memory': (io) => {
    const ahead = new ReadAhead(io, Number.POSITIVE_INFINITY);
    return around(io, { read: (buffer) => ahead.read(buffer) });
  },

  'takes every write into memory': (io) => {
    let last: Promise<void> = Promise.resolve();
    return around(io, {
      write(bytes) {
        const copy = bytes.slice();
        last = last.then(() => writeAll(io, copy));
        last.catch(() => {});
        return bytes.length;
      },
    });
  },

  'loses some bytes on the way in': (io) => {
    let readCount = 0;
    return around(io, {
      async read(buffer) {
        readCount += 1;
        if (readCount % 100 === 0) await io.read(new Uint8Array(1));
        return io.read(buffer);
      },
    });
  },

  'sends again what it has not reported': (io) =>
    around(io, {
      async write(bytes) {
        const count = await io.write(bytes);
        return Math.ceil(count / 2);
      },
    }),

  'changes the order of what is written together': (io) =>
    around(io, {
      write(bytes) {
        if (bytes.length < 4_000) return io.write(bytes);
        const half = bytes.length >> 1;
        const swapped = new Uint8Array(bytes.length);
        swapped.set(bytes.subarray(half));
        swapped.set(bytes.subarray(0, half), bytes.length - half);
        return io.write(swapped);
      },
    }),

  'says more than the buffer holds': (io) => {
    const ahead = new ReadAhead(io, 1_000);
    return around(io, {
      async read(buffer) {
        const large = new Uint8Array(65_536);
        const count = await ahead.read(large);
        buffer.set(large.subarray(0, Math.min(count, buffer.length)));
        return count;
      },
    });
  },

  'says that nothing was taken': (io) => {
    let writeCount = 0;
    return around(io, {
      write(bytes) {
        writeCount += 1;
        return writeCount % 50 === 0 ? 0 : io.write(bytes);
      },
    });
  },

  'puts what it reads at the start of the memory behind the view': (io) =>
    around(io, { read: (buffer) => io.read(new Uint8Array(buffer.buffer, 0, buffer.length)) }),

  'puts a zero behind what it has read': (io) =>
    around(io, {
      async read(buffer) {
        const count = await io.read(buffer);
        const whole = new Uint8Array(buffer.buffer);
        const behind = buffer.byteOffset + count;
        if (behind < whole.length) whole[behind] = 0;
        return count;
      },
    }),

  'sends the memory behind the view': (io) =>
    around(io, {
      write(bytes) {
        if (bytes.buffer.byteLength > 64) return io.write(bytes);
        return writeAll(io, new Uint8Array(bytes.buffer)).then(() => bytes.length);
      },
    }),

  'changes the bytes that it writes': (io) =>
    around(io, {
      async write(bytes) {
        const count = await io.write(bytes);
        bytes.fill(0, 0, count);
        return count;
      },
    }),

  'puts later bytes into the buffer of a read that has settled': (io) => {
    let before: Bytes | undefined;
    return around(io, {
      async read(buffer) {
        const count = await io.read(buffer);
        before?.set(buffer.subarray(0, Math.min(count, before.length)));
        before = buffer;
        return count;
      },
    });
  },

  'cannot read a single byte': (io) =>
    around(io, {
      read(buffer) {
        if (buffer.length === 1) throw new Error('too small');
        return io.read(buffer);
      },
    }),

  'never has flushed': (io) => around(io, { flush: () => NEVER }),

  'does not notice a reset while it reads': (io) =>
    around(io, {
      async read(buffer) {
        try {
          return await io.read(buffer);
        } catch {
          return NEVER;
        }
      },
    }),

  'writes nothing more and says nothing once the peer has ended': (io) => {
    let isEnded = false;
    return around(io, {
      async read(buffer) {
        const count = await io.read(buffer);
        isEnded = count === 0;
        return count;
      },
      write: (bytes) => (isEnded ? NEVER : io.write(bytes)),
    });
  },

  'rejects with something that is no Error': (io) => {
    const rejecting = async (count: number | Promise<number>): Promise<number> => {
      try {
        return await count;
      } catch {
        // oxlint-disable-next-line no-throw-literal -- the fault under test
        throw 'reset';
      }
    };
    return around(io, {
      read: async (buffer) => rejecting(io.read(buffer)),
      write: async (bytes) => rejecting(io.write(bytes)),
    });
  },

  'says that it cannot hold its peer back, and can': (io) => around(io, { inboundFlowControl: 'none' }),
} satisfies Readonly<Record<string, (io: Io) => Io>>;
