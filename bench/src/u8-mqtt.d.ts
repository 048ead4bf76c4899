// What the benchmarks use of u8-mqtt, which brings no types.
declare module 'u8-mqtt' {
  import type { Duplex } from 'node:stream';

  export class MQTTClient_v5 {
    constructor(options?: object);
    /** Set to undefined, it prints nothing. */
    log_conn: undefined;
    with_stream(stream: Duplex): this;
    with_websock(url: string): this;
    connect(packet: object): Promise<unknown>;
    disconnect(): Promise<unknown>;
    subscribe(packet: object): Promise<unknown>;
    /** QoS 0. */
    post(topic: string, payload: Uint8Array | string): Promise<unknown>;
    /** QoS 1; settles with the PUBACK. */
    send(topic: string, payload: Uint8Array | string): Promise<unknown>;
    on_topic(topic: string, listener: (packet: object) => void): this;
  }
}
