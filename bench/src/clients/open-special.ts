import type { ClientName } from './client.ts';
import type { IdleClient, Resume, StoppedConsumer } from './special.ts';

// Loads no other client, like `openClient`.

export async function openIdle(name: ClientName): Promise<IdleClient> {
  switch (name) {
    case 'bare':
      return (await import('./bare-special.ts')).bareIdle;
    case 'minimq':
      return (await import('./minimq-special.ts')).minimqIdle;
    case 'mqttjs':
      return (await import('./mqttjs-special.ts')).mqttJsIdle;
    case 'u8mqtt':
      return { open: (await import('./u8mqtt.ts')).openU8Mqtt, readBytes: () => 0 };
  }
}

export async function openResume(name: ClientName): Promise<Resume> {
  switch (name) {
    case 'bare':
      return (await import('./bare-special.ts')).bareResume;
    case 'minimq':
      return (await import('./minimq-special.ts')).minimqResume;
    case 'mqttjs':
      return (await import('./mqttjs-special.ts')).mqttJsResume;
    case 'u8mqtt':
      throw new Error('u8-mqtt keeps no session');
  }
}

export async function openStopped(name: ClientName): Promise<StoppedConsumer> {
  switch (name) {
    case 'bare':
      return (await import('./bare-special.ts')).bareStopped;
    case 'minimq':
      return (await import('./minimq-special.ts')).minimqStopped;
    case 'mqttjs':
      return (await import('./mqttjs-special.ts')).mqttJsStopped;
    case 'u8mqtt':
      throw new Error('u8-mqtt has no way to stop receiving');
  }
}
