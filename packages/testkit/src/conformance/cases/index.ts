import type { ConformanceCase } from '../case.ts';
import { chapter1Cases } from './chapter-1.ts';
import { chapter2Cases } from './chapter-2.ts';
import { chapter6Cases } from './chapter-6.ts';
import { connectHeaderCases } from './chapter-3/connect/header.ts';
import { connackFormatCases } from './chapter-3/connack/format.ts';
import { grantedCases } from './chapter-3/connack/granted.ts';
import { sessionPresentCases } from './chapter-3/connack/session-present.ts';
import { keepAliveCases } from './chapter-3/connect/keep-alive.ts';
import { connectLimitCases } from './chapter-3/connect/limits.ts';
import { connectSessionCases } from './chapter-3/connect/session.ts';
import { publishActionCases } from './chapter-3/publish/actions.ts';
import { publishFlagCases } from './chapter-3/publish/flags.ts';
import { publishPropertyCases } from './chapter-3/publish/properties.ts';
import { publishTopicCases } from './chapter-3/publish/topics.ts';
import { willCases } from './chapter-3/connect/will.ts';
import { publishAckCases } from './chapter-3/acks/publish-acks.ts';
import { releaseAckCases } from './chapter-3/acks/release-acks.ts';
import { subscribeCases } from './chapter-3/subscribing/subscribe.ts';
import { subackCases } from './chapter-3/subscribing/suback.ts';
import { unsubscribeCases } from './chapter-3/subscribing/unsubscribe.ts';
import { unsubackCases } from './chapter-3/subscribing/unsuback.ts';
import { pingCases } from './chapter-3/ping.ts';
import { disconnectCases } from './chapter-3/disconnect.ts';
import { authPacketCases } from './chapter-3/auth.ts';
import { transportCases } from './chapter-4/transport.ts';
import { sessionStateCases } from './chapter-4/session-state.ts';
import { qosCases } from './chapter-4/qos.ts';
import { orderingCases } from './chapter-4/ordering.ts';
import { topicCases } from './chapter-4/topics.ts';
import { flowControlCases } from './chapter-4/flow-control.ts';
import { authenticationCases } from './chapter-4/auth.ts';
import { errorCases } from './chapter-4/errors.ts';

/** All cases, in the order of the standard's chapters. */
export const allCases: readonly ConformanceCase[] = [
  ...chapter1Cases,
  ...chapter2Cases,
  ...connectHeaderCases,
  ...willCases,
  ...connectSessionCases,
  ...keepAliveCases,
  ...connectLimitCases,
  ...connackFormatCases,
  ...sessionPresentCases,
  ...grantedCases,
  ...publishFlagCases,
  ...publishTopicCases,
  ...publishPropertyCases,
  ...publishActionCases,
  ...publishAckCases,
  ...releaseAckCases,
  ...subscribeCases,
  ...subackCases,
  ...unsubscribeCases,
  ...unsubackCases,
  ...pingCases,
  ...disconnectCases,
  ...authPacketCases,
  ...sessionStateCases,
  ...transportCases,
  ...qosCases,
  ...orderingCases,
  ...topicCases,
  ...flowControlCases,
  ...authenticationCases,
  ...errorCases,
  ...chapter6Cases,
];
