import type { ConformanceCase } from '../case.ts';
import { chapter1Cases } from './chapter-1.ts';
import { chapter2Cases } from './chapter-2.ts';
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
];
