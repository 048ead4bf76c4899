import { openIo } from '@minimq/open-io';
import {
  sessionUnderTest,
  type ClientUnderTest,
  type ConformanceCase,
  type ProgramUnderTest,
} from '@minimq/testkit/conformance';
import { mosquitto } from './mosquitto.ts';
import { mqttJs } from './mqttjs.ts';
import { u8Mqtt } from './u8mqtt.ts';

/** Our session, in memory or over any transport. */
export const minimq: ClientUnderTest = sessionUnderTest({ open: (url) => openIo(url) });

/** A client, and the cases as it is to play them. */
export type Prepare = (cases: readonly ConformanceCase[]) => Promise<ProgramUnderTest>;

const byAdapter =
  (client: ClientUnderTest): Prepare =>
  async (cases) => ({ client, cases });

/** Other clients, by their names on the command line. */
export const otherClients: Readonly<Record<string, Prepare>> = {
  mqttjs: byAdapter(mqttJs),
  'u8-mqtt': byAdapter(u8Mqtt),
  mosquitto,
};
