// What the adapter uses of u8-mqtt, which brings no types.
declare module 'u8-mqtt' {
  export interface U8Options {
    readonly on_mqtt_type?: { mqtt_disconnect?(packet: U8Packet): void };
    on_live?(): void;
    on_disconnect?(): void;
    on_error?(error: unknown): void;
  }

  export interface U8Packet {
    readonly topic: string;
    readonly payload: Uint8Array;
    readonly qos: number;
    readonly retain: boolean;
    readonly dup: boolean;
    /** A `Number` with more fields. */
    readonly reason?: number;
    readonly answers?: readonly number[];
    readonly flags?: number;
    readonly props?: { readonly [name: string]: unknown } | null;
  }

  export class MQTTClient_v5 {
    constructor(options?: U8Options);
    /** Set to undefined, it prints nothing. */
    log_conn: undefined;
    /** Opens a connection like the one before. */
    reconnect: () => void;
    with_tcp(url: string): this;
    connect(packet: object): Promise<readonly [U8Packet]>;
    disconnect(packet?: object): Promise<unknown>;
    subscribe(packet: object): Promise<readonly [U8Packet]>;
    unsubscribe(packet: object): Promise<readonly [U8Packet]>;
    pub(packet: object, options?: { readonly props?: object }): Promise<readonly [U8Packet] | true>;
    /** The packet counts as handled when the promise settles. */
    on_topic(topic: string, listener: (packet: U8Packet) => Promise<void>): this;
  }
}
