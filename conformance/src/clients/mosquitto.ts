import { fileURLToPath } from 'node:url';
import { programUnderTest, type ConformanceCase, type ProgramUnderTest } from '@minimq/testkit/conformance';

const PROGRAM = fileURLToPath(new URL('../../programs/mosquitto.sh', import.meta.url));

/** `mosquitto_pub` and `mosquitto_sub`, which have to be installed: `apt-get install mosquitto-clients`. */
export function mosquitto(cases: readonly ConformanceCase[]): Promise<ProgramUnderTest> {
  return programUnderTest(
    {
      command: `sh "${PROGRAM}" {host} {port} {case} {topic} {payload} {qos} {retain}`,
      name: 'mosquitto_pub and mosquitto_sub',
      plays: ['publish', 'subscribe'],
    },
    cases,
  );
}
