/**
 * The MQTT v5 client engine without I/O, for those who drive it themselves. Semantic versioning does not cover this
 * entry yet: `Session` of the main entry is the face for applications.
 *
 * @module
 */
export { Engine, type DisconnectOptions, type EngineOptions, type StartOptions } from './engine.ts';
export type { AuthEvent, ClosedEvent, ConnectedEvent, EngineEvent, ReceiveStalledEvent } from './event.ts';
export type { Granted } from './granted.ts';
export { InboundPublish, OwnedPublish, ReceivedPublish, type ResponseTarget } from './inbound-publish.ts';
export { Operation, Request, type OperationState, type PublishResult, type RequestAnswer } from './operation.ts';
export type { Payload, PayloadWriter, Publication } from './publication.ts';
export type { ConnectionState } from './state.ts';
