/** An open connection that carries bytes, of the peer or of the bare socket. */
export interface Wire {
  /** The bytes belong to the wire until `written` is called. */
  send(bytes: Uint8Array, written?: () => void): void;
  /** Whether everything sent so far was handed to the operating system. */
  readonly isDrained: boolean;
  /** Called with what arrives; the bytes are good during the call only. */
  onBytes: (bytes: Uint8Array) => void;
  onClose: () => void;
  /** What has not arrived yet stays with the operating system, from now on. */
  stopReading(): void;
  close(): void;
}
