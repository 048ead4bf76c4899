import type { PacketName } from '@minimq/core/codec';
import type { BrokerConnection, MemoryBroker } from '../broker/memory-broker.ts';
import { formatObject } from '../transcript/fields.ts';
import { bytesOfHex, hexOf } from '../transcript/hex.ts';
import { ANSWER_ALL, type AnswerTable } from './answers.ts';
import type { ExpectFace, ExpectOptions, Target } from './expecting.ts';
import { delivered, findOpen, sendFace, type SendFace } from './sending.ts';
import { keepSilence, type SilenceOptions } from './silence.ts';

export interface CutOptions extends ExpectOptions {
  /**
   * Lets this many bytes of the client through first, counted from behind the last packet that the script has taken. No
   * expectation sees them, and what the client sends beyond them is lost. Without it the connection is cut at once, and
   * packets that nobody has taken are left over.
   */
  readonly afterBytes?: number | undefined;
  /** Whether the client sees a reset rather than the end of the stream. Default false. */
  readonly reset?: boolean | undefined;
}

export interface HandOverOptions {
  /** Whether the connections that come later go there too. Default false. */
  readonly andLater?: boolean | undefined;
}

/**
 * What a script can say. Steps happen in the order of the calls, each after the one before. A call that is awaited waits
 * for what it is about; meanwhile it moves virtual time as far as that takes. The first failure ends the script: every
 * later call rejects with the same `ScriptError`.
 */
export class ScriptFace<Expect extends ExpectFace = ExpectFace> {
  /** The next thing that the client does has to be this. */
  readonly expect: Expect;
  /** Packets to the client. */
  readonly send: SendFace;
  readonly #target: Target;
  readonly #setTable: (table: AnswerTable) => void;

  constructor(target: Target, expect: Expect, setTable: (table: AnswerTable) => void) {
    this.#target = target;
    this.#setTable = setTable;
    this.expect = expect;
    this.send = sendFace(target);
  }

  /** Literal bytes, where a packet object cannot say it: `sendBytes('62 02 00 0a')`. */
  sendBytes(bytes: string | Uint8Array): Promise<void> {
    const literal = typeof bytes === 'string' ? bytesOfHex(bytes) : new Uint8Array(bytes);
    const { stage, steps } = this.#target;
    return steps.add(`sendBytes('${hexOf(literal)}')`, async (step) => {
      const conversation = await findOpen(this.#target, step, 'bytes');
      await delivered(stage, step, conversation, conversation.sendBytes(literal));
    });
  }

  /**
   * The client sends nothing. On virtual time: until all that is due has happened, or for `forMs`; in real time for
   * `forMs`, by default `SILENCE_MS`.
   */
  expectSilence(options: SilenceOptions = {}): Promise<void> {
    const { of = [], forMs } = options;
    const types: readonly PacketName[] = typeof of === 'string' ? [of] : of;
    const text = `expectSilence(${Object.keys(options).length === 0 ? '' : formatObject(options)})`;
    return this.#target.steps.add(text, (step) => keepSilence(this.#target, step, types, forMs));
  }

  /** The connection is lost, as a network loses it. */
  cut({ afterBytes, reset, limitMs }: CutOptions = {}): Promise<void> {
    const { stage, steps, find } = this.#target;
    const text = `cut(${afterBytes === undefined ? '' : formatObject({ afterBytes })})`;
    return steps.add(text, async (step) => {
      const conversation = await find(step, 'a connection to cut', limitMs);
      if (afterBytes === undefined) {
        const [left] = conversation.leftOver;
        if (left === undefined) conversation.cut({ reset: reset === true });
        else throw stage.unclaimed(step, conversation, left, 'the script cuts the connection');
        return;
      }
      const hasPassed = await step.wait(conversation.cutAfter(afterBytes, reset === true), limitMs, (why) =>
        stage.failed(step, 'nothing-came', `The client has not sent ${afterBytes} bytes: ${why}`),
      );
      if (!hasPassed)
        throw stage.failed(step, 'unexpected-end', `The client closed before it had sent ${afterBytes} bytes`);
    });
  }

  /** Ends the way to the client, and goes on reading: it sees the end of the stream. */
  halfClose(): Promise<void> {
    const { stage, steps } = this.#target;
    return steps.add('halfClose()', async (step) => {
      const conversation = await findOpen(this.#target, step, 'the end of the stream');
      if (conversation.canHalfClose) conversation.halfClose();
      else throw stage.failed(step, 'misuse', 'This kind of connection cannot be half-closed');
    });
  }

  /** Closes the connection when all that was sent has left, as a broker does after its DISCONNECT. */
  hangUp(): Promise<void> {
    const { stage, steps, find } = this.#target;
    return steps.add('hangUp()', async (step) => {
      const conversation = await find(step, 'a connection to close', undefined);
      const [left] = conversation.leftOver;
      if (left !== undefined) throw stage.unclaimed(step, conversation, left, 'the script closes the connection');
      void conversation.finish();
    });
  }

  /** Reads nothing more until `resume()`, so that the client cannot write for ever. */
  stall(): Promise<void> {
    const { steps, find } = this.#target;
    return steps.add('stall()', async (step) => (await find(step, 'a connection to stall', undefined)).stall());
  }

  /** Reads on after `stall()`. */
  resume(): Promise<void> {
    const { steps, find } = this.#target;
    return steps.add('resume()', async (step) => (await find(step, 'a stalled connection', undefined)).resume());
  }

  /**
   * From here on, answers these packets as they come; no expectation sees them. Default: all of them. `answer({})` goes
   * back to the strict script.
   */
  answer(table: AnswerTable = ANSWER_ALL): Promise<void> {
    return this.#target.steps.add('answer()', () => this.#setTable(table));
  }

  /**
   * Gives the connection to an in-memory broker: with what was said already, and with what has come and was not taken.
   * The script goes on with the next connection.
   */
  handOver(broker: Pick<MemoryBroker, 'accept'>, options: HandOverOptions = {}): Promise<BrokerConnection> {
    const { stage, steps } = this.#target;
    return steps.add('handOver()', async (step) => {
      const conversation = await findOpen(this.#target, step, 'a connection to hand over');
      const { connect, connack } = conversation;
      if (connack !== undefined && (connect === undefined || connack.reasonCode >= 0x80)) {
        throw stage.failed(
          step,
          'misuse',
          'The CONNACK that was sent has not opened a session: nothing can be handed over',
        );
      }
      if (options.andLater === true) stage.handOverLater(broker);
      const { io, received } = conversation.give('handed over');
      return broker.accept(io, { connect, connack, received });
    });
  }
}
