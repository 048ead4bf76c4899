import { bytesEqual, bytesOfHex, hexOf } from '../transcript/hex.ts';
import { isAnswered } from './answers.ts';
import { assign } from './assign.ts';
import { endedEarly, malformed, notTheEnd, otherBytes, over, unexpected } from './complaints.ts';
import type { Arrival, Conversation } from './conversation.ts';
import { nameOfPacket } from './failure.ts';
import { CLIENT_PACKETS, formatWant, mismatch, type Want } from './match.ts';
import type { ClientPacket, ClientPacketName, ClientPackets, Matcher } from './packets.ts';
import type { Stage } from './stage.ts';
import type { Step, Steps } from './steps.ts';

export interface ExpectOptions {
  /** How long to wait, in virtual or real milliseconds. Default: an hour of virtual time, or what the broker was given. */
  readonly limitMs?: number | undefined;
}

/** What `unordered()` gives for its wants: the packets, in the order of the wants. */
export type Received<Wants extends readonly Want[]> = {
  readonly [Index in keyof Wants]: Wants[Index] extends Want<infer P> ? P : never;
};

/** The next thing that the client does has to be this. */
export interface ExpectFace extends Readonly<{
  [Name in ClientPacketName]: (
    matcher?: Matcher<ClientPackets[Name]>,
    options?: ExpectOptions,
  ) => Promise<ClientPackets[Name]>;
}> {
  /** Whole packets, byte for byte; malformed ones too. */
  bytes(bytes: string | Uint8Array, options?: ExpectOptions): Promise<Uint8Array>;
  /** All of these, in any order: `expect.unordered([want.publish({ topic: 'a' }), want.subscribe()])`. */
  unordered<const Wants extends readonly Want[]>(wants: Wants, options?: ExpectOptions): Promise<Received<Wants>>;
  /** The client closes the connection, or loses it. */
  end(options?: ExpectOptions): Promise<void>;
}

/** Where a face finds the connection that a step is about. */
export interface Target {
  readonly stage: Stage;
  readonly steps: Steps;
  /** Whether a step goes on with the next connection where this one is over. */
  readonly movesOn: boolean;
  /** The connection for the next packet; `wanted`: what for. */
  readonly find: (step: Step, wanted: string, limitMs: number | undefined) => Promise<Conversation>;
  /** The connection whose end is to come. */
  readonly findEnding: (step: Step, limitMs: number | undefined) => Promise<Conversation>;
  /** The connections on which a silence is heard. */
  readonly silentOn: () => readonly Conversation[];
}

export function expectFace(target: Target): ExpectFace {
  const packets = CLIENT_PACKETS.map((type) => {
    const expectPacket = (matcher?: Want['matcher'], options?: ExpectOptions): Promise<ClientPacket> => {
      const wanted: Want = { type, matcher };
      return target.steps.add(`expect.${formatWant(wanted)}`, async (step) => {
        const [packet] = await takeAll(target, step, [wanted], options);
        return packet!;
      });
    };
    return [type, expectPacket] as const;
  });
  const bytes: ExpectFace['bytes'] = (wanted, options) => {
    const exact = typeof wanted === 'string' ? bytesOfHex(wanted) : wanted;
    return target.steps.add(`expect.bytes('${hexOf(exact)}')`, (step) => takeBytes(target, step, exact, options));
  };
  const unordered = (wants: readonly Want[], options?: ExpectOptions): Promise<readonly ClientPacket[]> => {
    const text = `expect.unordered([${wants.map(formatWant).join(', ')}])`;
    return target.steps.add(text, (step) => takeAll(target, step, wants, options));
  };
  const end = (options?: ExpectOptions): Promise<void> =>
    target.steps.add('expect.end()', (step) => takeEnd(target, step, options));
  return { ...Object.fromEntries(packets), bytes, unordered, end } as unknown as ExpectFace;
}

interface Taken {
  readonly packet: ClientPacket;
  readonly bytes: Uint8Array;
}

/** Takes as many packets as there are wants, in whichever order they come. */
async function takeAll(
  target: Target,
  step: Step,
  wants: readonly Want[],
  { limitMs }: ExpectOptions = {},
): Promise<readonly ClientPacket[]> {
  const { stage } = target;
  const taken: Taken[] = [];
  let places: readonly number[] = [];
  while (taken.length < wants.length) {
    const open = wants.filter((_, place) => !places.includes(place));
    const types = [...new Set(open.map(({ type }) => type))];
    const names = types.map(nameOfPacket).join(' or ');
    const [conversation, arrival] = await next(target, step, names, limitMs, types);
    const came = packetOf(stage, step, conversation, arrival, names);
    const all = [...taken, came];
    const fits = (item: number, place: number): boolean =>
      mismatch(wants[place]!, all[item]!.packet, all[item]!.bytes) === undefined;
    const found = assign(all.length, wants.length, fits);
    if (found === undefined) throw unexpected(stage, step, conversation, open, came);
    places = found;
    taken.push(came);
    conversation.take();
  }
  return wants.map((_, place) => taken[places.indexOf(place)]!.packet);
}

async function takeBytes(
  target: Target,
  step: Step,
  wanted: Uint8Array,
  { limitMs }: ExpectOptions = {},
): Promise<Uint8Array> {
  for (let count = 0; count < wanted.length;) {
    const [conversation, arrival] = await next(target, step, 'bytes', limitMs);
    if (arrival.kind === 'end') throw endedEarly(target.stage, step, conversation, 'bytes');
    const bytes = arrival.kind === 'part' ? arrival.bytes : arrival.entry.bytes;
    if (!bytesEqual(bytes, wanted.subarray(count, count + bytes.length))) {
      throw otherBytes(target.stage, step, conversation, wanted.subarray(count), bytes);
    }
    count += bytes.length;
    conversation.take();
  }
  return wanted;
}

async function takeEnd(target: Target, step: Step, { limitMs }: ExpectOptions = {}): Promise<void> {
  const conversation = await target.findEnding(step, limitMs);
  if (conversation.isEndTaken) throw over(target.stage, step, conversation);
  if (conversation.isLeft) {
    // After a DISCONNECT that was answered, the broker has closed it as well.
    if (!conversation.isDisconnected) throw over(target.stage, step, conversation);
    conversation.isEndTaken = true;
    return;
  }
  const isWaiting = (): boolean => conversation.arrivals.length === 0 && !conversation.isLeft;
  // What comes meanwhile may be answered by the table: that is no end, and puts off no limit but the usual one.
  const come = async (): Promise<void> => {
    do await conversation.arrival();
    while (limitMs !== undefined && isWaiting());
  };
  while (isWaiting()) {
    await step.wait(come(), limitMs, (why) =>
      target.stage.failed(step, 'nothing-came', `The client did not close the connection: ${why}`),
    );
  }
  const [arrival] = conversation.arrivals;
  if (arrival === undefined || arrival.kind === 'end') {
    conversation.take();
    conversation.isEndTaken = true;
  } else throw notTheEnd(target.stage, step, conversation, arrival);
}

/** The next thing that has come, and on which connection. It is not taken yet. */
async function next(
  target: Target,
  step: Step,
  wanted: string,
  limitMs: number | undefined,
  types: readonly ClientPacketName[] = [],
): Promise<readonly [Conversation, Arrival]> {
  for (;;) {
    const conversation = await target.find(step, wanted, limitMs);
    const table = target.stage.tableOf(conversation);
    const answered = types.find((type) => isAnswered(table, type));
    if (answered !== undefined) {
      const headline = `${nameOfPacket(answered)} is answered as it comes and never gets here: leave it out of answer()`;
      throw target.stage.failed(step, 'misuse', headline);
    }
    await step.wait(conversation.arrival(), limitMs, (why) =>
      target.stage.failed(step, 'nothing-came', `${wanted} did not come: ${why}`, { wanted }),
    );
    const [arrival] = conversation.arrivals;
    if (arrival === undefined && conversation.isLeft && !target.movesOn) throw over(target.stage, step, conversation);
    // A connection that has ended as it should leaves the step to the next one.
    if (arrival !== undefined && !(conversation.isOver && target.movesOn)) return [conversation, arrival];
  }
}

function packetOf(stage: Stage, step: Step, conversation: Conversation, arrival: Arrival, wanted: string): Taken {
  if (arrival.kind !== 'packet') throw endedEarly(stage, step, conversation, wanted);
  const { packet, bytes, problem } = arrival.entry;
  if (packet === undefined) throw malformed(stage, step, conversation, bytes, problem ?? '');
  return { packet: packet as ClientPacket, bytes };
}
