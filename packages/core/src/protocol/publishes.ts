import * as PacketType from '../codec/packet-type.ts';
import { putFixedHeader, wholeLength } from '../codec/fixed-header.ts';
import { putPropertyList } from '../codec/put-properties.ts';
import { checkNumber, putU16, putVarint } from '../codec/put.ts';
import type { AckProperties } from '../codec/properties.ts';
import { DUP_FLAG, publishFlags, publishHeadLength } from '../codec/publish.ts';
import { publishTopicLength, putPublishTopic } from '../codec/publish-topic.ts';
import type { QoS } from '../codec/qos.ts';
import { describeReasonCode, ReasonCode } from '../codec/reason-code.ts';
import { varintLength } from '../codec/varint.ts';
import { invalidArgument, protocolError } from '../codec/violation.ts';
import { InvalidatedError, InvalidRequestError, PeerError, ResourceError, type MqttError } from '../errors.ts';
import { AliasForm, aliasFormLength, writeAliasForm, type WholeForm } from './alias-form.ts';
import type { Granted } from './granted.ts';
import { bufferTooSmall, notGranted, packetTooLarge } from './limits.ts';
import { Operation, type BlockOwner, type OperationState, type PublishResult } from './operation.ts';
import type { Outbox } from './outbox.ts';
import { checkTag, payloadLengthMax, writePayload, type PayloadWriter, type Publication } from './publication.ts';
import type { SessionState } from './session-state.ts';
import { OutboundAliases } from './topic-aliases.ts';
import type { TxArena } from './tx-arena.ts';

export interface PublishesOptions {
  /** Bytes of tx that only acknowledgements, PUBREL and PINGREQ may use. */
  readonly txReserve: number;
  /** QoS 1 and 2 publishes that may be open at once, whatever the broker would take. */
  readonly inflightMax: number;
  /** How many topic aliases to give out automatically. */
  readonly automaticTopicAliases: number;
  /** Whether a publish above the Maximum QoS goes out at that, rather than being refused. */
  readonly downgradeQoS: boolean;
}

const SUCCESS: PublishResult = Object.freeze({ reasonCode: ReasonCode.success, userProperties: [] });
const RESEND_FLAGS = 0x06;

/** Publishes, from acceptance to the end of their exchange (section 4.3). */
export class Publishes implements BlockOwner<Operation | AliasForm> {
  readonly #arena: TxArena;
  readonly #outbox: Outbox;
  readonly #state: SessionState;
  readonly #options: PublishesOptions;
  readonly #onSettled: (operation: Operation) => void;
  #granted: Granted | null = null;
  /** Where the broker takes any. */
  #aliases: OutboundAliases | null = null;
  /** Publishes that may be open at once on this connection. */
  #quota = 0;
  /** Publishes that hold a slot of the broker's Receive Maximum. */
  #openCount = 0;
  /** The first publish, and the first PUBREL, that has not been queued on this connection. */
  #nextPublish: Operation | null = null;
  #nextRelease: Operation | null = null;

  constructor(
    arena: TxArena,
    outbox: Outbox,
    state: SessionState,
    options: PublishesOptions,
    onSettled: (operation: Operation) => void,
  ) {
    this.#arena = arena;
    this.#outbox = outbox;
    this.#state = state;
    this.#options = options;
    this.#onSettled = onSettled;
  }

  /** Whether a publish that takes so many bytes would be accepted now. */
  canPublish(qos: QoS, byteLength: number): boolean {
    return this.#mayGo(qos) && this.#arena.free - this.#options.txReserve >= byteLength;
  }

  /**
   * Accepts a publish: encodes it into tx and queues it. False: there is no room, no quota or no identifier now.
   * Throws where it could not be sent on this connection at all; nothing has changed then.
   */
  publish(operation: Operation, publication: Publication): boolean {
    return this.#publish(operation, publication);
  }

  /** Throws where `publish` would. */
  check(publication: Publication): void {
    this.#publish(null, publication);
  }

  /** Without an operation, everything is checked and nothing done. */
  #publish(operation: Operation | null, publication: Publication): boolean {
    const { topic, payload, properties, tag } = publication;
    const qos = this.#allowedQoS(publication);
    const topicLength = publishTopicLength(topic);
    const blockLength = putPropertyList(null, 0, properties, PacketType.publish, 'topicAlias');
    const alias = this.#allowedAlias(properties?.topicAlias, topic);
    const headLength = publishHeadLength(topicLength, qos, blockLength);
    const payloadMax = payloadLengthMax(payload);
    const length = wholeLength(headLength + payloadMax);
    checkTag(tag);
    this.#checkLength(length);

    if (operation === null || this.#arena.pinned !== null || !this.#mayGo(qos)) return false;
    if (!this.#arena.allocate(operation, length, this.#options.txReserve)) return false;
    if (qos > 0 && !this.#identify(operation)) return false;
    operation.owner = this;
    operation.qos = qos;
    operation.tag = tag;

    const { bytes } = operation;
    const body = operation.end - payloadMax - headLength;
    let position = putPublishTopic(bytes, body, topic);
    if (qos > 0) position = putU16(bytes, position, operation.packetId);
    position = putVarint(bytes, position, blockLength);
    position = putPropertyList(bytes, position, properties, PacketType.publish, 'topicAlias');
    const payloadLength =
      typeof payload === 'object' && !(payload instanceof Uint8Array)
        ? this.#havePayloadWritten(operation, payload, position, payloadMax)
        : writePayload(bytes, position, payload, payloadMax);
    const remaining = headLength + payloadLength;
    if (payloadLength < payloadMax) {
      const headerLength = 1 + varintLength(remaining);
      this.#arena.trim(operation, body - headerLength - operation.offset, headerLength + remaining);
    }
    const first = publishFlags(qos, publication.retain === true, false);
    putFixedHeader(bytes, operation.offset, first, remaining);

    if (qos > 0) {
      this.#state.accepted(operation);
      this.#openCount++;
      operation.open = true;
    }
    if (alias === 0) this.#outbox.push(operation);
    else
      this.#pushAliased(operation, topic, alias, { first, topicLength, propertiesLength: blockLength, payloadLength });
    return true;
  }

  /** Queues what a resume, or a PUBREC, left to be sent, as far as room and quota reach. */
  pump(): void {
    if (!this.#pumpReleases()) return;
    while (this.#nextPublish !== null && this.#openCount < this.#quota) {
      const operation = this.#nextPublish;
      if (operation.handed) this.#arena.bytes[operation.offset]! |= DUP_FLAG;
      operation.open = true;
      this.#openCount++;
      this.#nextPublish = operation.following;
      this.#outbox.push(operation);
    }
  }

  /** Whether something of an earlier connection was not queued yet. */
  get isHolding(): boolean {
    return this.#nextRelease !== null || this.#nextPublish !== null;
  }

  #pumpReleases(): boolean {
    for (; this.#nextRelease !== null; this.#nextRelease = this.#nextRelease.following) {
      if (!this.#sendRelease(this.#nextRelease.packetId, ReasonCode.success)) return false;
      this.#nextRelease.releaseQueued = true;
    }
    return true;
  }

  get hasWork(): boolean {
    return this.#nextRelease !== null || (this.#nextPublish !== null && this.#openCount < this.#quota);
  }

  /** A connection begins: what is open is sent again (section 4.4), and what was never sent for the first time. */
  begin(granted: Granted): void {
    this.#granted = granted;
    this.#quota = Math.min(granted.receiveMaximum, this.#options.inflightMax);
    const { topicAliasMaximum } = granted;
    const { automaticTopicAliases } = this.#options;
    this.#aliases = topicAliasMaximum === 0 ? null : new OutboundAliases(topicAliasMaximum, automaticTopicAliases);
    for (let operation = this.#state.publishing.first; operation !== null;) {
      const { following } = operation;
      const obstacle = this.#obstacle(operation, granted);
      if (obstacle !== null) this.#invalidate(operation, 'The broker no longer allows this publish', obstacle);
      operation = following;
    }
    for (const operation of this.#state.releasing) {
      // Its PUBREL takes no slot on this connection, but its PUBCOMP will free one.
      operation.open = true;
      this.#openCount++;
    }
    this.#nextRelease = this.#state.releasing.first;
    this.#nextPublish = this.#state.publishing.first;
    // At once, so that no new publish overtakes them.
    this.pump();
  }

  /** The broker's half of the session is gone, and with it whatever it may have seen of ours. */
  forget(): void {
    for (const list of [this.#state.releasing, this.#state.publishing]) {
      for (let operation = list.first; operation !== null;) {
        const { following } = operation;
        if (operation.handed || operation.stage === 'release') {
          this.#invalidate(operation, 'The session that it was sent in is gone', undefined);
        }
        operation = following;
      }
    }
  }

  /** The connection is gone; the outbox has been cleared. */
  end(): void {
    for (const list of [this.#state.releasing, this.#state.publishing]) {
      for (const operation of list) {
        operation.open = false;
        operation.releaseQueued = false;
      }
    }
    this.#granted = null;
    this.#openCount = 0;
    this.#nextPublish = null;
    this.#nextRelease = null;
  }

  puback(packetId: number, reasonCode: ReasonCode, properties: AckProperties | undefined): void {
    const operation = this.#openOperation(packetId, 'PUBACK');
    if (operation === null) return;
    if (operation.qos !== 1) throw protocolError('4.3.2', `PUBACK for the QoS 2 publish ${packetId}`);
    this.#answered(operation, reasonCode, properties);
  }

  /** The reason code of the PUBREL to answer with at once; -1: none, or it follows by itself. */
  pubrec(packetId: number, reasonCode: ReasonCode, properties: AckProperties | undefined): number {
    if (typeof this.#state.packetIds.get(packetId) !== 'object') return ReasonCode.packetIdentifierNotFound;
    const operation = this.#openOperation(packetId, 'PUBREC');
    if (operation === null) return -1;
    if (operation.qos !== 2) throw protocolError('4.3.3', `PUBREC for the QoS 1 publish ${packetId}`);
    if (operation.stage === 'release') return operation.releaseQueued ? ReasonCode.success : -1;
    if (reasonCode >= 0x80) this.#answered(operation, reasonCode, properties);
    else {
      // Its PUBCOMP seldom has more to say.
      operation.result = resultOf(reasonCode, properties);
      this.#state.released(operation);
      this.#releaseBytes(operation);
      this.#nextRelease ??= operation;
    }
    return -1;
  }

  pubcomp(packetId: number, reasonCode: ReasonCode, properties: AckProperties | undefined): void {
    const operation = this.#openOperation(packetId, 'PUBCOMP');
    if (operation === null) return;
    if (operation.stage === 'publish') throw protocolError('4.3.3', `PUBCOMP for ${packetId}, which has had no PUBREC`);
    // 0x92 is what a broker says that had finished before the connection was lost: no failure.
    if (operation.releaseQueued) this.#answered(operation, reasonCode, properties);
  }

  /** A publish of an earlier process, whose bytes are in place unless it is past its PUBREC. */
  restore(operation: Operation): void {
    operation.owner = this;
    this.#state.packetIds.hold(operation.packetId, operation);
    this.#state.accepted(operation);
    if (operation.stage === 'release') this.#state.released(operation);
  }

  /** Answers a PUBREC out of the ordinary; false: there is no room now. */
  release(packetId: number, reasonCode: number): boolean {
    // Those of earlier PUBRECs go first [MQTT-4.6.0-4].
    return this.#pumpReleases() && this.#sendRelease(packetId, reasonCode);
  }

  /** Queues a PUBREL; false: there is no room now. */
  #sendRelease(packetId: number, reasonCode: number): boolean {
    const success = reasonCode === ReasonCode.success;
    const position = this.#outbox.control(success ? 4 : 5);
    if (position < 0) return false;
    const { bytes } = this.#arena;
    bytes[position] = 0x62;
    bytes[position + 1] = success ? 2 : 3;
    putU16(bytes, position + 2, packetId);
    if (!success) bytes[position + 4] = reasonCode;
    return true;
  }

  blockWritten(block: Operation | AliasForm): void {
    const operation = this.#left(block);
    if (operation.qos === 0) this.#settle(operation, 'complete', SUCCESS, null);
  }

  blockDropped(block: Operation | AliasForm): void {
    const operation = this.#left(block);
    if (operation.qos > 0) return;
    const error = new InvalidatedError('The connection was lost before this QoS 0 publish was handed over');
    this.#settle(operation, 'invalidated', null, error);
  }

  /** A block has left the outbox: gives back what is not needed any more. */
  #left(block: Operation | AliasForm): Operation {
    const isAliased = block instanceof AliasForm;
    const operation = isAliased ? block.operation : block;
    if (isAliased) this.#aliasFormLeft(block);
    else if (operation.qos === 0 || !this.#needsBytes(operation)) this.#arena.release(operation);
    return operation;
  }

  /** New publishes wait until all those of earlier connections have been sent again. */
  #mayGo(qos: QoS): boolean {
    return this.#nextPublish === null && (qos === 0 || this.#openCount < this.#quota);
  }

  #allowedQoS({ qos = 0, retain }: Publication): QoS {
    checkNumber('QoS', qos, 0, 2);
    const granted = this.#granted!;
    if (retain === true && !granted.retainAvailable) throw notGranted('retained messages');
    if (qos <= granted.maximumQoS) return qos;
    if (this.#options.downgradeQoS) return granted.maximumQoS;
    throw notGranted(`QoS ${qos}`);
  }

  #allowedAlias(chosen: number | undefined, topic: string): number {
    if (chosen !== undefined) checkNumber('topicAlias', chosen, 1, 0xffff);
    const { topicAliasMaximum } = this.#granted!;
    if (chosen !== undefined && chosen > topicAliasMaximum) throw notGranted(`topic alias ${chosen}`);
    return this.#aliases?.choose(topic, chosen) ?? 0;
  }

  #checkLength(length: number): void {
    const { maximumPacketSize } = this.#granted!;
    if (length > maximumPacketSize) throw packetTooLarge(length, maximumPacketSize);
    const room = this.#arena.bytes.length - this.#options.txReserve;
    if (length > room) throw bufferTooSmall(length, room);
  }

  #identify(operation: Operation): boolean {
    operation.packetId = this.#state.packetIds.take(operation);
    if (operation.packetId !== 0) return true;
    this.#arena.release(operation);
    if (this.#openCount > 0) return false;
    throw new ResourceError(
      'inflight-exhausted',
      'All 65,535 packet identifiers are out of use until the session ends',
    );
  }

  /** The caller writes the payload. It may also throw, or use the session meanwhile. */
  #havePayloadWritten(operation: Operation, writer: PayloadWriter, position: number, lengthMax: number): number {
    this.#arena.pinned = operation;
    try {
      const length = writePayload(operation.bytes, position, writer, lengthMax);
      if (this.#granted === null) throw invalidArgument('payload.write() used its session, and the connection is gone');
      return length;
    } catch (error) {
      this.#arena.release(operation);
      if (operation.packetId !== 0) this.#state.packetIds.free(operation.packetId);
      throw error instanceof InvalidRequestError
        ? error
        : new InvalidRequestError('invalid-argument', 'payload.write() threw an error', { cause: error });
    } finally {
      this.#arena.pinned = null;
    }
  }

  /** Queues the form under an alias; where that has no room, the whole form. */
  #pushAliased(operation: Operation, topic: string, alias: number, whole: WholeForm): void {
    const aliases = this.#aliases!;
    const known = aliases.knows(alias, topic);
    const length = aliasFormLength(operation, whole, known);
    const form = new AliasForm(operation, this);
    const fits = length <= this.#granted!.maximumPacketSize;
    if (!fits || !this.#arena.allocate(form, length, this.#options.txReserve)) {
      this.#outbox.push(operation);
      return;
    }
    writeAliasForm(this.#arena, form, operation, whole, alias, known);
    aliases.used(alias, topic);
    this.#outbox.push(form);
    if (operation.qos === 0) this.#arena.release(operation);
    else operation.aliased = form;
  }

  #aliasFormLeft(form: AliasForm): void {
    this.#arena.release(form);
    form.operation.aliased = null;
    if (form.handed) form.operation.handed = true;
  }

  /** The operation that an answer belongs to; `null`: there is none, or it was not sent whole on this connection. */
  #openOperation(packetId: number, answer: string): Operation | null {
    const holder = this.#state.packetIds.get(packetId);
    if (holder === undefined || typeof holder === 'string') return null;
    if (holder.kind !== 'operation') throw protocolError('4.3', `${answer} for the ${holder.type} ${packetId}`);
    return holder.open && this.#outbox.isGiven(holder.aliased ?? holder) ? holder : null;
  }

  #answered(operation: Operation, reasonCode: ReasonCode, properties: AckProperties | undefined): void {
    const failed = reasonCode >= 0x80 && operation.stage === 'publish';
    this.#finish(operation, false);
    if (failed) {
      const error = new PeerError('refused', `The broker refused the publish: ${describeReasonCode(reasonCode)}`, {
        reasonCode,
        ...properties,
      });
      this.#settle(operation, 'refused', null, error);
    } else {
      const result = resultOf(reasonCode, properties);
      this.#settle(operation, 'complete', result === SUCCESS ? (operation.result ?? SUCCESS) : result, null);
    }
  }

  #invalidate(operation: Operation, message: string, cause: MqttError | undefined): void {
    this.#finish(operation, cause !== undefined && operation.handed);
    this.#settle(operation, 'invalidated', null, new InvalidatedError(message, { cause }));
  }

  /** Takes the operation out of the session. `retire`: its identifier is not used again. */
  #finish(operation: Operation, retire: boolean): void {
    if (operation.open) this.#openCount--;
    operation.open = false;
    const hadBytes = operation.stage === 'publish';
    this.#state.settled(operation, retire);
    if (hadBytes) this.#releaseBytes(operation);
  }

  #releaseBytes(operation: Operation): void {
    // Bytes that are still with the transport are given back when it has taken them.
    if (!operation.queued) this.#arena.release(operation);
  }

  #needsBytes(operation: Operation): boolean {
    return operation.state === 'pending' && operation.stage === 'publish';
  }

  #settle(operation: Operation, state: OperationState, result: PublishResult | null, error: MqttError | null): void {
    operation.state = state;
    operation.result = result;
    operation.error = error;
    if (operation.isAwaited) this.#onSettled(operation);
  }

  /** What keeps a publish of an earlier connection from being sent on this one. */
  #obstacle(operation: Operation, granted: Granted): MqttError | null {
    const first = this.#arena.bytes[operation.offset]!;
    if (operation.length > granted.maximumPacketSize)
      return packetTooLarge(operation.length, granted.maximumPacketSize);
    if ((first & RESEND_FLAGS) >> 1 > granted.maximumQoS) return notGranted(`QoS ${operation.qos}`);
    if ((first & 1) !== 0 && !granted.retainAvailable) return notGranted('retained messages');
    return null;
  }
}

function resultOf(reasonCode: ReasonCode, properties: AckProperties | undefined): PublishResult {
  if (reasonCode === ReasonCode.success && properties === undefined) return SUCCESS;
  const { reasonString, userProperties = [] } = properties ?? {};
  return { reasonCode, reasonString, userProperties };
}
