import { SystemClock } from '@minimq/core';
import { RealPatience, SILENCE_MS, WAIT_LIMIT_MS } from '../../script/patience.ts';
import type { Acceptor } from '../../script/acceptor.ts';
import { scriptedBroker } from '../../script/scripted-broker.ts';
import type { OpenWay, Way } from './way.ts';

/** A machine that has other things to do may be late by this much. */
const SLACK_MS = 400;
/** Cases wait for sockets most of the time. */
export const LISTENING_CONCURRENCY = 8;

/** Sockets in real time: `listen` makes what listens, for each case. */
export function listeningWay(name: string, listen: () => Acceptor): Way {
  return { name, concurrency: LISTENING_CONCURRENCY, open: () => openListening(listen()) };
}

/** A scripted broker that listens, and how time passes with it. */
export async function openListening(acceptor: Acceptor): Promise<OpenWay> {
  const patience = new RealPatience();
  return {
    broker: await scriptedBroker({ over: acceptor }),
    pace: {
      slackMs: SLACK_MS,
      async settle(promise, how = 'shortly') {
        await patience.wait(promise, how === 'shortly' ? SILENCE_MS : WAIT_LIMIT_MS);
      },
    },
    connect: undefined,
    clock: () => new SystemClock(),
  };
}
