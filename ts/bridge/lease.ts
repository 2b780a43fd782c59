/** A hold on a slot. */
interface Lease {
  held: boolean;
  free: () => void;
}

const collected = new FinalizationRegistry<Lease>(end);
const releaseOfBody = new WeakMap<Uint8Array, () => void>();

function end(lease: Lease): void {
  if (lease.held) lease.free();
  lease.held = false;
}

/**
 * What releases the slot of `body`; `free` is called once: by that, or when both it and `body` have
 * been collected.
 */
export function lease(body: Uint8Array, free: () => void): () => void {
  const hold = { held: true, free };
  const release = (): void => {
    collected.unregister(release);
    end(hold);
  };
  releaseOfBody.set(body, release);
  collected.register(release, hold, release);
  return release;
}
