import type { Clock, Io } from '@minimq/core';
import type { ScriptedBroker } from '../../script/scripted-broker.ts';
import type { Pace } from '../bench/bench.ts';

/** How client and broker reach each other, anew for each case. */
export interface Way {
  /** `memory`, `tcp`: cases may name it, and reports do. */
  readonly name: string;
  /** How many cases are run at the same time, unless the run says otherwise. */
  readonly concurrency: number;
  open(): Promise<OpenWay>;
}

export interface OpenWay {
  readonly broker: ScriptedBroker;
  readonly pace: Pace;
  /** Opens a connection to the broker; undefined where clients find it at its `url`. */
  readonly connect: (() => Io) | undefined;
  /** Another clock for a client. */
  clock(): Clock;
}
