import { describe, it } from 'vitest';
import type { Packet, PublishPacket } from '@minimq/core/codec';
import type { Operation } from '@minimq/core/protocol';
import { hex, toHex } from '../../codec/bytes.ts';
import { Client, u16, type Options } from './client.ts';
import { WireLog } from './wire-log.ts';

// A client and an honest broker on a stream that is lost at any byte. What MQTT promises has to hold all the same: QoS 1
// is not lost, QoS 2 is neither lost nor doubled, order is kept. A seed replays a failure.

type Random = (below: number) => number;

function random(seed: number): Random {
  return (below) => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

interface Outgoing {
  readonly qos: 1 | 2;
  readonly text: string;
  id: number;
  stage: 'waiting' | 'publish' | 'release';
  /** Whether it went out on the present connection, and whether ever. */
  isOpen: boolean;
  wasSent: boolean;
}

/** The broker's half, and what it has seen. */
class Broker {
  hasSession = false;
  readonly delivered: string[] = [];
  outgoing: Outgoing[] = [];
  receiveMaximum = 65_535;
  /** Answers that it has not given yet, in any order. */
  answers: { readonly bytes: string; readonly frees: number }[] = [];
  /** What is on its way to the client. */
  wire: number[] = [];
  readonly #random: Random;
  /** Received QoS 2 messages by identifier. */
  readonly #received = new Map<number, string>();
  /** Publishes of the client that hold a slot. */
  #open = new Set<number>();
  #clientMaximum = 65_535;
  #expectedAcks: { 1: number[]; 2: number[] } = { 1: [], 2: [] };
  #lastId = 0;

  constructor(seed: Random) {
    this.#random = seed;
  }

  connectionLost(): void {
    this.answers = [];
    this.wire = [];
    this.#open.clear();
    this.#expectedAcks = { 1: [], 2: [] };
    for (const each of this.outgoing) each.isOpen = false;
  }

  loseSession(): void {
    this.hasSession = false;
    this.#received.clear();
    this.outgoing = [];
  }

  take(packet: Packet): void {
    switch (packet.type) {
      case 'connect':
        return this.#connect(packet.cleanStart, packet.properties?.receiveMaximum);
      case 'publish':
        return this.#publish(packet);
      case 'pubrel': {
        const known = this.#received.delete(packet.packetId);
        if (!known && packet.reasonCode !== 0x92 && !this.#open.has(packet.packetId)) {
          // It had finished before the loss: 0x92 is the standard's word for that.
          this.#answer(`70 03 ${u16(packet.packetId)} 92`, packet.packetId);
        } else this.#answer(`70 02 ${u16(packet.packetId)}`, packet.packetId);
        return;
      }
      case 'puback':
      case 'pubrec': {
        const qos = packet.type === 'puback' ? 1 : 2;
        const expected = this.#expectedAcks[qos].shift();
        if (expected !== packet.packetId) throw new Error(`${packet.type} ${packet.packetId} instead of ${expected}`);
        const message = this.outgoing.find(
          ({ id, qos: its, isOpen }) => id === packet.packetId && its === qos && isOpen,
        );
        if (message === undefined) throw new Error(`${packet.type} ${packet.packetId} for nothing`);
        if (qos === 1) this.outgoing = this.outgoing.filter((each) => each !== message);
        else {
          message.stage = 'release';
          this.#send(`62 02 ${u16(packet.packetId)}`);
        }
        return this.sendMore();
      }
      case 'pubcomp':
        this.outgoing = this.outgoing.filter(({ id, stage }) => !(id === packet.packetId && stage === 'release'));
        return this.sendMore();
      case 'subscribe':
        return this.#answer(`90 04 ${u16(packet.packetId)} 00 00`, 0);
      default:
        throw new Error(`a ${packet.type} that nobody wants`);
    }
  }

  /** Gives one of the answers that wait. */
  answerOne(): void {
    const at = this.#random(2) === 0 ? 0 : this.#random(this.answers.length);
    const [answer] = this.answers.splice(at, 1);
    if (answer === undefined) return;
    this.#open.delete(answer.frees);
    this.#send(answer.bytes);
  }

  /** Sends what the client's Receive Maximum allows. */
  sendMore(): void {
    if (!this.hasSession) return;
    for (const message of this.outgoing) {
      if (this.outgoing.filter(({ isOpen }) => isOpen).length >= this.#clientMaximum) return;
      if (message.isOpen || message.stage === 'release') continue;
      if (message.id === 0) message.id = this.#nextId();
      const dup = message.wasSent ? 8 : 0;
      message.stage = 'publish';
      message.isOpen = true;
      message.wasSent = true;
      this.#expectedAcks[message.qos].push(message.id);
      const first = (0x30 | dup | (message.qos << 1)).toString(16);
      const text = Buffer.from(message.text);
      this.#send(`${first} ${toHex(new Uint8Array([6 + text.length]))} 00 01 62 ${u16(message.id)} 00 ${toHex(text)}`);
    }
  }

  #connect(cleanStart: boolean, clientMaximum = 65_535): void {
    if (cleanStart) this.loseSession();
    this.#clientMaximum = clientMaximum;
    this.receiveMaximum = 1 + this.#random(6);
    this.#send(`20 06 0${this.hasSession ? 1 : 0} 00 03 21 ${u16(this.receiveMaximum)}`);
    this.hasSession = true;
    for (const message of this.outgoing) {
      if (message.stage !== 'release') continue;
      message.isOpen = true;
      this.#send(`62 02 ${u16(message.id)}`);
    }
    this.sendMore();
  }

  #publish({ qos, dup, packetId = 0, payload }: PublishPacket): void {
    const text = Buffer.from(payload).toString();
    const before = this.delivered.includes(text);
    if (before && !dup && this.#received.get(packetId) !== undefined) throw new Error(`${text} repeated without DUP`);
    if (!before && qos === 0 && dup) throw new Error('QoS 0 with DUP');
    if (qos === 0) return void this.delivered.push(text);
    this.#open.add(packetId);
    if (this.#open.size > this.receiveMaximum)
      throw new Error(`${this.#open.size} open, ${this.receiveMaximum} allowed`);
    if (qos === 1) {
      this.delivered.push(text);
      return this.#answer(`40 02 ${u16(packetId)}`, packetId);
    }
    const known = this.#received.get(packetId);
    if (known === undefined) this.delivered.push(text);
    else if (known !== text) throw new Error(`identifier ${packetId} taken for ${text} while it stands for ${known}`);
    this.#received.set(packetId, text);
    this.#answer(`50 02 ${u16(packetId)}`, 0);
  }

  #answer(bytes: string, frees: number): void {
    this.answers.push({ bytes, frees });
  }

  #send(bytes: string): void {
    this.wire.push(...hex(bytes));
  }

  #nextId(): number {
    do this.#lastId = (this.#lastId % 30) + 1;
    while (this.outgoing.some(({ id }) => id === this.#lastId));
    return this.#lastId;
  }
}

interface World {
  readonly options?: Options;
  /** Whether the client's process dies now and then, and goes on from a snapshot. */
  readonly crashes?: boolean;
  /** Whether the broker loses its sessions now and then. */
  readonly forgets?: boolean;
}

function simulate(seed: number, { options, crashes = false, forgets = false }: World): void {
  const below = random(seed);
  const broker = new Broker(below);
  const settings: Options = { rx: 128, tx: 400, txReserve: 32, receiveMaximum: 5, inboundQoS2Max: 8, ...options };
  let client = new Client(settings);
  let log = new WireLog();
  /** By text: what was accepted, and the operation that stands for it now. */
  const accepted = new Map<string, Operation>();
  const seen: string[] = [];
  const sentOut: string[] = [];
  let lent: Uint8Array | null = null;
  let count = 0;

  const connected = (): boolean => client.engine.state === 'connected';
  const cut = (): void => {
    if (client.engine.state !== 'disconnected') client.cut();
    lent = null;
    broker.connectionLost();
  };
  const reconnect = (): void => {
    cut();
    if (forgets && below(4) === 0) broker.loseSession();
    log = new WireLog();
    client.engine.start(client.nowMs);
  };
  const write = (most: number): void => {
    lent ??= client.engine.output();
    if (lent === null) return;
    const taken = Math.min(most, lent.length);
    const packets = log.take(lent.slice(0, taken));
    lent = null;
    // The broker may be faster than the promise of the write.
    for (const packet of packets) broker.take(packet);
    client.engine.sent(taken, client.nowMs);
  };
  const hear = (most: number): void => {
    const left = client.offer(toHex(new Uint8Array(broker.wire.slice(0, most))));
    broker.wire.splice(0, Math.min(most, broker.wire.length) - left);
  };
  const receive = (): void => {
    client.engine.comeBack();
    if (client.engine.hasMessage) seen.push(client.engine.claim().text());
  };
  const publish = (qos: 0 | 1 | 2): void => {
    if (!connected()) return;
    const text = `${qos}-${count}`;
    const operation = client.tryPublish({ topic: 'a', qos, payload: text, tag: text });
    if (operation === null) return;
    count++;
    accepted.set(text, operation);
  };
  const queue = (qos: 1 | 2): void => {
    if (!broker.hasSession || broker.outgoing.length > 20) return;
    const text = `${qos}:${sentOut.length}`;
    sentOut.push(text);
    broker.outgoing.push({ qos, text, id: 0, stage: 'waiting', isOpen: false, wasSent: false });
    if (connected()) broker.sendMore();
  };
  const crash = (): void => {
    const snapshot = client.engine.snapshot();
    cut();
    client = new Client({ ...settings, restore: snapshot });
    for (const operation of client.engine.pending) accepted.set(operation.tag!, operation);
    reconnect();
  };

  reconnect();
  // Before a CONNACK was seen there is no session to keep.
  write(1000);
  hear(1000);
  const steps = 400;
  for (let i = 0; i < steps; i++) {
    switch (below(14)) {
      case 0:
      case 1:
      case 2:
        publish(below(3) as 0 | 1 | 2);
        break;
      case 3:
      case 4:
        write(1 + below(below(2) === 0 ? 6 : 200));
        break;
      case 5:
        lent ??= client.engine.output();
        break;
      case 6:
      case 7:
        hear(1 + below(below(2) === 0 ? 6 : 200));
        break;
      case 8:
      case 9:
        broker.answerOne();
        break;
      case 10:
        queue((1 + below(2)) as 1 | 2);
        break;
      case 11:
      case 12:
        receive();
        break;
      default:
        if (below(4) > 0) break;
        if (crashes && below(2) === 0) crash();
        else reconnect();
    }
    client.happened();
  }
  // Everything comes to its end on a stream that holds.
  reconnect();
  for (let i = 0; i < 500; i++) {
    write(1000);
    while (broker.answers.length > 0) broker.answerOne();
    hear(1000);
    receive();
  }
  client.happened();

  if (client.engine.pending.length > 0) throw new Error(`${client.engine.pending.length} publishes are still open`);
  if (broker.outgoing.length > 0) throw new Error(`${broker.outgoing.length} messages are still owed to the client`);
  const times = (list: readonly string[], text: string): number => list.filter((each) => each === text).length;
  for (const [text, { state, qos }] of accepted) {
    const delivered = times(broker.delivered, text);
    const lost = delivered === 0 && (state === 'complete' || (qos > 0 && !forgets && !crashes));
    // Where a CONNACK that told of a new session is lost, nobody can tell it from the old one.
    const doubled = delivered > 1 && qos !== 1 && !forgets;
    if (lost || doubled) throw new Error(`${text} is ${state} and was delivered ${delivered} times`);
    if (qos > 0 && !forgets && !crashes && state !== 'complete') throw new Error(`${text} is ${state}`);
  }
  if (forgets) return;
  for (const text of sentOut) {
    const handed = times(seen, text);
    if (handed === 0) throw new Error(`${text} was lost`);
    if (handed > 1 && text.startsWith('2') && !crashes) throw new Error(`${text} was handed over ${handed} times`);
  }
  for (const qos of [1, 2]) {
    inOrder(broker.delivered.filter((text) => text.startsWith(`${qos}-`)));
    inOrder(seen.filter((text) => text.startsWith(`${qos}:`)));
  }
}

/** First deliveries come in the order of sending. */
function inOrder(texts: readonly string[]): void {
  let last = -1;
  for (const text of new Set(texts)) {
    const number = Number(text.slice(2));
    if (number < last) throw new Error(`${text} came after ${last}`);
    last = number;
  }
}

const worlds: readonly [name: string, world: World][] = [
  ['streams that are lost', {}],
  ['streams that are lost, and aliases', { options: { automaticTopicAliases: 1 } }],
  ['little room', { options: { rx: 24, tx: 64, txReserve: 16, receiveMaximum: 2, inboundQoS2Max: 2, inflightMax: 3 } }],
  ['a broker that forgets', { forgets: true }],
  ['a process that dies, and goes on from its snapshot', { crashes: true }],
];

describe.each(worlds)('%s', (_name, world) => {
  it('keep what MQTT promises', () => {
    for (let seed = 1; seed <= 60; seed++) {
      try {
        simulate(seed, world);
      } catch (error) {
        throw new Error(`seed ${seed}`, { cause: error });
      }
    }
  });
});
