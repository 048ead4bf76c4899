import { Buffers, keepConnected, Session } from '@minimq/core';
import { connectTcp } from '@minimq/transport-node';
import { measurement, STREAMS } from '../streams.ts';

/** Between two rounds, each with one message of every stream; it goes up and down, to give the chart a shape. */
const ROUND_MS = 150;
const SWING_MS = 90;
/** Rounds from one busy time to the next. */
const WAVE_ROUNDS = 120;

export interface Traffic {
  /** Resolves when it is disconnected. */
  stop(): Promise<void>;
}

/** Publishes numbered measurements on all streams until it is stopped. */
export function startTraffic(broker: { readonly host: string; readonly port: number }): Traffic {
  const session = new Session({ buffers: Buffers.allocate({ rx: 1024, tx: 16 * 1024 }), inbound: 'discard' });
  let round = 0;
  const ended = keepConnected(session, {
    open: ({ signal }) => connectTcp({ host: broker.host, port: broker.port, signal }),
    async run(_event, signal) {
      for (;;) {
        round += 1;
        const wave = Math.sin((round / WAVE_ROUNDS) * 2 * Math.PI);
        for (const { topic, qos } of STREAMS) {
          await session.publish({ topic, qos, payload: measurement(round, Math.round(200 + 50 * wave) / 10) });
        }
        await session.delay(ROUND_MS + SWING_MS * wave, signal);
      }
    },
  });
  return {
    async stop() {
      await session.disconnect();
      await ended;
    },
  };
}
