import type { BenchClient, ClientName, OpenOptions, Target } from './client.ts';

/** Connects a client; loads no other one, so that each measures in a process of its own code only. */
export async function openClient(name: ClientName, target: Target, options: OpenOptions): Promise<BenchClient> {
  switch (name) {
    case 'bare':
      return (await import('./bare.ts')).openBare(target, options.readBytes);
    case 'minimq':
      return (await import('./open-minimq.ts')).openMinimq(target, options);
    case 'mqttjs':
      return (await import('./mqttjs.ts')).openMqttJs(target, options.inFlight);
    case 'u8mqtt':
      return (await import('./u8mqtt.ts')).openU8Mqtt(target);
  }
}
