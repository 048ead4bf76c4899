// Time

export { TIME_LIMIT_MS, TURN_COUNT_MAX, VirtualTime } from './clock/virtual-time.ts';
export type { TimeLimit, UntilOptions, VirtualTimeOptions } from './clock/virtual-time.ts';
export type { Ride, RideEnd } from './clock/passengers.ts';
export { VirtualClock } from './clock/virtual-clock.ts';
export type { PendingWork } from './clock/agenda.ts';
export { seededRandom } from './clock/random.ts';

// Links

export { LINK_CAPACITY_BYTES, MemoryLink, memoryLink } from './link/memory-link.ts';
export type { MemoryLinkOptions } from './link/memory-link.ts';
export { LinkEnd } from './link/end.ts';
export type { Answers, IoOperation, LinkEndOptions } from './link/end.ts';
export type {
  ByteCount,
  CutAfterOptions,
  DirectionName,
  EndOptions,
  LinkDirection,
  LinkEvent,
} from './link/direction.ts';
export { LinkError } from './link/link-error.ts';
export type { LinkErrorCode } from './link/link-error.ts';

// Faults

export type { ByteRange, FaultEnd, Faults, LinkFaults } from './faults/faults.ts';
export type { LinkClock } from './faults/link-faults.ts';
export { LateClock } from './faults/late-clock.ts';
export type { LateTimers } from './faults/late-clock.ts';

// Drivers

export { forEachCut } from './drivers/for-each-cut.ts';
export type { CutKind, CutPosition, ForEachCutOptions } from './drivers/for-each-cut.ts';
export { forEachChunking } from './drivers/for-each-chunking.ts';
export type { Chunking, ForEachChunkingOptions } from './drivers/for-each-chunking.ts';
export { forEachAbortPoint } from './drivers/for-each-abort-point.ts';
export type { AbortBench, AbortPoint, ForEachAbortPointOptions } from './drivers/for-each-abort-point.ts';
export type { Bench, DriverOptions, Exchange } from './drivers/bench.ts';
export { TroubleError } from './drivers/trouble-error.ts';
export type { TroubleErrorOptions } from './drivers/trouble-error.ts';

// Leaks

export { LeakCheck, withoutLeaks } from './leaks/leak-check.ts';
export type { LeakCheckOptions } from './leaks/leak-check.ts';
export { LeakError } from './leaks/leak-error.ts';
export type { Leak } from './leaks/leak-error.ts';

// Broker, for demos and tests

export { MemoryBroker } from './broker/memory-broker.ts';
export type {
  AcceptOptions,
  BrokerConnection,
  DisconnectOptions,
  Publication,
  SessionInfo,
} from './broker/memory-broker.ts';
export {
  CLOSE_TIMEOUT_MS,
  CONNECT_TIMEOUT_MS,
  QOS0_QUEUED_BYTES_MAX,
  QUEUED_BYTES_MAX,
  QUEUED_MESSAGES_MAX,
} from './broker/options.ts';
export type { MemoryBrokerOptions } from './broker/options.ts';
export type { BrokerLimits } from './broker/limits.ts';
export type {
  AuthenticationExchange,
  AuthenticationRequest,
  AuthenticationStep,
  BrokerHooks,
  ConnectVerdict,
  ObservedPacket,
  PublishRequest,
  SubscribeRequest,
  Verdict,
} from './broker/hooks.ts';
export type { BrokerCounts } from './broker/counts.ts';
export type { ConnectionEnd } from './broker/phase.ts';
export type { Message } from './broker/message.ts';

// Scripted broker

export { scriptedBroker, ScriptedBroker } from './script/scripted-broker.ts';
export type { BrokerExpectFace, ScriptedBrokerOptions } from './script/scripted-broker.ts';
export { ScriptedConnection } from './script/scripted-connection.ts';
export type { CutOptions, HandOverOptions, ScriptFace } from './script/face.ts';
export type { ExpectFace, ExpectOptions, Received } from './script/expecting.ts';
export type { SendFace } from './script/sending.ts';
export type { SilenceOptions } from './script/silence.ts';
export { ANSWER_ALL } from './script/answers.ts';
export type { Answer, AnswerTable } from './script/answers.ts';
export { matches, mismatch, want } from './script/match.ts';
export type { Mismatch, Want, WantFace } from './script/match.ts';
export { ScriptError } from './script/script-error.ts';
export type { ScriptErrorCode } from './script/script-error.ts';
export { SILENCE_MS, WAIT_LIMIT_MS } from './script/patience.ts';
export type { Accepted, Acceptor, Over, ScriptableLink } from './script/acceptor.ts';
export type {
  ClientPacket,
  ClientPacketName,
  ClientPackets,
  FieldsSent,
  FieldsWanted,
  Identified,
  Matcher,
  ServerPacket,
  ServerPacketName,
  ServerPackets,
  Wanted,
} from './script/packets.ts';

// Transcript

export { Transcript, TRANSCRIPT_ENTRIES_MAX } from './transcript/transcript.ts';
export type { ComparisonOptions, PacketFilter, TranscriptOptions } from './transcript/transcript.ts';
export type { MarkEntry, PacketEntry, PartEntry, TranscriptEntry } from './transcript/entry.ts';
export type { TranscriptJson } from './transcript/json.ts';
export type { TranscriptLane } from './transcript/lane.ts';
export type { Side } from './transcript/recorded-io.ts';

// Conformance of transports

export { ioConformance } from './io-conformance/io-conformance.ts';
export { IoConformanceError, type IoCase } from './io-conformance/case.ts';
export { linkPair } from './io-conformance/link-pair.ts';
export type { IoPair, IoPeer } from './io-conformance/pair.ts';
export { CALL_LIMIT_MS, IN_TRANSIT_MAX_BYTES, VOLUME_BYTES } from './io-conformance/options.ts';
export type { IoConformanceOptions, IoPeerAbility } from './io-conformance/options.ts';
export type { Sentence } from './io-conformance/sentences.ts';
