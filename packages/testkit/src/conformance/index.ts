/**
 * A conformance suite for MQTT v5 clients: scripts of a broker for every normative statement that one can observe.
 *
 * @module
 */
export { runConformance, CASE_LIMIT_MS, type ConformanceOptions, type Progress } from './runner/run-conformance.ts';
export type {
  CaseFailure,
  CaseOutcome,
  CaseResult,
  ConformanceResult,
  StatementOutcome,
  StatementResult,
} from './result.ts';
export { statements, type Duty, type Statement, type StatementId } from './statements.ts';
export { unobservable } from './unobservable.ts';

// Clients

export { EXTRA_FEATURES, FEATURES, type Feature } from './feature.ts';
export type {
  ClientAuth,
  ClientContext,
  ClientPublication,
  ClientSetup,
  ClientUnderTest,
  Closed,
  ConformanceClient,
  Connected,
  ConnectRequest,
  DisconnectRequest,
  Explanation,
  ReauthenticateRequest,
  ReceivedMessage,
  SubscribeRequestProperties,
  UnsubscribeRequestProperties,
} from './client.ts';
export { sessionUnderTest, type SessionUnderTestOptions } from './clients/session.ts';

// Programs

export { programUnderTest, type ProgramOptions, type ProgramUnderTest } from './program/program-under-test.ts';
export { programTasks } from './program/told-cases.ts';
export { BEHAVIOURS, describeTask, type Behaviour, type ProgramTask } from './program/task.ts';

// Ways

export { memoryWay } from './ways/memory-way.ts';
export { tcpWay } from './ways/tcp-way.ts';
export { tlsWay } from './ways/tls-way.ts';
export { webSocketWay } from './ways/web-socket-way.ts';
export { listeningWay } from './ways/listening-way.ts';
export type { OpenWay, Way, WebSocketSettings, WebSocketSide } from './ways/way.ts';

// Cases

export { allCases } from './cases/index.ts';
export { neededFeatures, type ConformanceCase } from './case.ts';
export { CaseError } from './case-error.ts';
export type { Bench, Driven, Pace } from './bench/bench.ts';
export type { Inbox } from './bench/inbox.ts';

// Wire vectors

export {
  wireVectors,
  WIRE_VECTOR_GROUPS,
  type WireVector,
  type WireVectorGroup,
  type WireVerdict,
} from './vectors/index.ts';

// Reports

export {
  conformanceReport,
  knownFailuresFrom,
  progressLines,
  reportToHtml,
  reportToJson,
  reportToText,
  type ConformanceReport,
  type KnownFailure,
  type ProgressOptions,
  type ReportedFailure,
  type ReportedStatement,
  type ReportInput,
  type ReportJson,
  type ReportOutcome,
  type ReportRun,
  type RunJson,
} from './report/index.ts';
