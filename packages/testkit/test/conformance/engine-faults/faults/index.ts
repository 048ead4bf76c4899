import type { EngineFault } from '../engine-fault.ts';
import { connectingFaults } from './connecting.ts';
import { publishingFaults } from './publishing.ts';
import { readingFaults } from './reading.ts';
import { receivingFaults } from './receiving.ts';
import { subscribingFaults } from './subscribing.ts';

export const engineFaults: readonly EngineFault[] = [
  ...publishingFaults,
  ...receivingFaults,
  ...connectingFaults,
  ...subscribingFaults,
  ...readingFaults,
];
