import { MqttError, type Io } from '@minimq/core';

/** Why no stream came to be. */
export interface RefusalReport {
  readonly code: string;
  readonly message: string;
}

/** Opens a stream where that has to fail. Rejects where it does not, and where it fails with an error that is none of ours. */
export async function refusal(open: () => Promise<Io>): Promise<RefusalReport> {
  let io: Io;
  try {
    io = await open();
  } catch (error) {
    if (error instanceof MqttError) return { code: error.code, message: error.message };
    throw error;
  }
  await io.close();
  throw new Error('The stream was opened, though it had to be refused');
}
