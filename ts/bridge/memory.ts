/** Memory that this process has mapped and a worker can map too, by its inherited descriptor. */
export interface SharedMemory {
  /** To be handed to the worker at spawn; open until `close()`. */
  readonly fd: number;
  /** How many bytes are mapped: address space only at first. */
  readonly length: number;
  /**
   * The whole mapping: one external ArrayBuffer, made when it is first asked for, unmapped when
   * nothing refers to it any more. Ranges that are not allocated must not be touched.
   */
  readonly bytes: Uint8Array;
  /**
   * Has the system really provide a range, faulted in.
   *
   * @throws Error when it has no memory left; nothing is allocated then.
   */
  allocate(offset: number, length: number): void;
  /** Gives the memory of a range, and what is in it, back; false where the system cannot do that. */
  discard(offset: number, length: number): boolean;
  /** Closes this process's descriptor, once. The mapping stays, here and in the worker. */
  close(): void;
}

/** @throws Error when the system refuses so much address space. */
export type CreateSharedMemory = (bytes: number) => SharedMemory;
