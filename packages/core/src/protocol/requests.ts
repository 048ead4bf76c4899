import type { SubscribeProperties, UnsubscribeProperties } from '../codec/properties.ts';
import { putFixedHeader, wholeLength } from '../codec/fixed-header.ts';
import { describeReasonCode } from '../codec/reason-code.ts';
import { putSubscribe, type SubackPacket, type SubscribePacket, type Subscription } from '../codec/subscribe.ts';
import { hasWildcard, isShared } from '../codec/topic.ts';
import { putUnsubscribe, type UnsubscribePacket } from '../codec/unsubscribe.ts';
import { protocolError } from '../codec/violation.ts';
import { InvalidatedError, PeerError, type MqttError } from '../errors.ts';
import type { Granted } from './granted.ts';
import { bufferTooSmall, notGranted, packetTooLarge } from './limits.ts';
import { Request, type BlockOwner, type SubscribeNeeds } from './operation.ts';
import type { Outbox } from './outbox.ts';
import type { SessionState } from './session-state.ts';
import type { TxArena } from './tx-arena.ts';

/** SUBSCRIBE and UNSUBSCRIBE, from acceptance to their answer (sections 3.8 to 3.11). */
export class Requests implements BlockOwner<Request> {
  readonly #arena: TxArena;
  readonly #outbox: Outbox;
  readonly #state: SessionState;
  readonly #txReserve: number;
  readonly #onSettled: (request: Request) => void;
  /** Those without an answer, in their order; made with the first. */
  #open: Set<Request> | null = null;
  #granted: Granted | null = null;

  constructor(
    arena: TxArena,
    outbox: Outbox,
    state: SessionState,
    txReserve: number,
    onSettled: (request: Request) => void,
  ) {
    this.#arena = arena;
    this.#outbox = outbox;
    this.#state = state;
    this.#txReserve = txReserve;
    this.#onSettled = onSettled;
  }

  /** Accepts a SUBSCRIBE; `null`: there is no room now. Throws where the broker could not take it. */
  subscribe(subscriptions: readonly Subscription[], properties: SubscribeProperties | undefined): Request | null {
    const packet: SubscribePacket = { type: 'subscribe', packetId: 1, subscriptions, properties };
    const length = putSubscribe(null, 0, packet);
    const filters = subscriptions.map(({ topicFilter }) => topicFilter);
    const needs = {
      wildcard: filters.some(hasWildcard),
      shared: filters.some(isShared),
      identifier: properties?.subscriptionIdentifier !== undefined,
    };
    const obstacle = subscribeObstacle(needs, this.#granted!);
    if (obstacle !== null) throw obstacle;
    const request = this.#accept('subscribe', length, subscriptions.length, (target, position, packetId) => {
      putSubscribe(target, putFixedHeader(target, position, 0x82, length), { ...packet, packetId });
    });
    if (request !== null) request.needs = needs;
    return request;
  }

  /** Accepts an UNSUBSCRIBE; `null`: there is no room now. */
  unsubscribe(topicFilters: readonly string[], properties: UnsubscribeProperties | undefined): Request | null {
    const packet: UnsubscribePacket = { type: 'unsubscribe', packetId: 1, topicFilters, properties };
    const length = putUnsubscribe(null, 0, packet);
    return this.#accept('unsubscribe', length, topicFilters.length, (target, position, packetId) => {
      putUnsubscribe(target, putFixedHeader(target, position, 0xa2, length), { ...packet, packetId });
    });
  }

  /** SUBACK or UNSUBACK. An identifier without a request is passed over. */
  answered({ type, packetId, reasonCodes, properties }: SubackPacket): void {
    const request = this.#state.packetIds.get(packetId);
    if (request === undefined || typeof request === 'string') return;
    const expected = type === 'suback' ? 'subscribe' : 'unsubscribe';
    if (request.kind !== 'request' || request.type !== expected) {
      throw protocolError('2.2.1', `${type.toUpperCase()} for the packet ${packetId}, which is no ${expected}`);
    }
    if (!this.#outbox.isGiven(request)) return;
    if (reasonCodes.length !== request.filterCount) {
      const counts = `${reasonCodes.length} reason codes for ${request.filterCount} topic filters`;
      throw protocolError(type === 'suback' ? '3.9.3' : '3.11.3', `${type.toUpperCase()} has ${counts}`);
    }
    const { reasonString, userProperties = [] } = properties ?? {};
    request.answer = { reasonCodes, reasonString, userProperties };
    const refused = reasonCodes.find((code) => code >= 0x80);
    if (refused === undefined) return this.#settle(request, 'complete', null);
    const error = new PeerError('refused', `The broker refused the ${expected}: ${describeReasonCode(refused)}`, {
      reasonCode: refused,
      reasonCodes,
      reasonString,
      userProperties,
    });
    this.#settle(request, 'refused', error);
  }

  /** A connection begins, and carries the session on if anything is left here: it is asked again, as a new request. */
  begin(granted: Granted): void {
    this.#granted = granted;
    const most = granted.maximumPacketSize;
    for (const request of this.#open ?? []) {
      const tooLong = request.length > most ? packetTooLarge(request.length, most) : null;
      const obstacle = tooLong ?? subscribeObstacle(request.needs, granted);
      if (obstacle === null) this.#outbox.push(request);
      else this.#invalidate(request, obstacle);
    }
  }

  /** The broker's half of the session is gone. */
  forget(): void {
    for (const request of this.#open ?? []) this.#invalidate(request, undefined);
  }

  blockWritten(request: Request): void {
    if (request.state !== 'pending') this.#arena.release(request);
  }

  blockDropped(request: Request): void {
    this.blockWritten(request);
  }

  #accept(
    type: Request['type'],
    remainingLength: number,
    filterCount: number,
    write: (target: Uint8Array, position: number, packetId: number) => void,
  ): Request | null {
    const length = wholeLength(remainingLength);
    const { maximumPacketSize } = this.#granted!;
    if (length > maximumPacketSize) throw packetTooLarge(length, maximumPacketSize);
    const room = this.#arena.bytes.length - this.#txReserve;
    if (length > room) throw bufferTooSmall(length, room);
    const request = new Request(type, this.#arena.bytes);
    if (!this.#arena.allocate(request, length, this.#txReserve)) return null;
    request.packetId = this.#state.packetIds.take(request);
    if (request.packetId === 0) {
      this.#arena.release(request);
      return null;
    }
    request.owner = this;
    request.filterCount = filterCount;
    write(this.#arena.bytes, request.offset, request.packetId);
    (this.#open ??= new Set()).add(request);
    this.#outbox.push(request);
    return request;
  }

  #invalidate(request: Request, cause: MqttError | undefined): void {
    const message = `The ${request.type} was not answered before its connection was lost, and cannot be asked again`;
    this.#settle(request, 'invalidated', new InvalidatedError(message, { cause }));
  }

  #settle(request: Request, state: 'complete' | 'refused' | 'invalidated', error: MqttError | null): void {
    this.#open?.delete(request);
    this.#state.packetIds.free(request.packetId);
    request.state = state;
    request.error = error;
    if (!request.queued) this.#arena.release(request);
    this.#onSettled(request);
  }
}

function subscribeObstacle(needs: SubscribeNeeds | null, granted: Granted): MqttError | null {
  if (needs === null) return null;
  if (needs.wildcard && !granted.wildcardSubscriptionAvailable) return notGranted('wildcard subscriptions');
  if (needs.shared && !granted.sharedSubscriptionAvailable) return notGranted('shared subscriptions');
  if (needs.identifier && !granted.subscriptionIdentifierAvailable) return notGranted('subscription identifiers');
  return null;
}
