import type { Data, Table } from 'apache-arrow';
import type { Transfer } from '../../bridge/reply.js';
import { misuse } from '../misuse.js';

/** Shared memory that was lent to this process for as long as something reads it. */
export interface Lent {
  /** How the bytes of the call crossed, both ways. */
  readonly transfer: Transfer;
  /** Gives the memory back, after which nothing of it may be read; more calls do nothing. */
  release(): void;
  [Symbol.dispose](): void;
}

interface Owner {
  readonly transfer: Transfer;
  release(): void;
}

/** What tables lie in: it must be reachable for as long as any of their columns is. */
const owners = new WeakMap<Data, object>();

/** The memory that a table, or what stands for one, lies in. */
const memories = new WeakMap<object, HeldMemory>();

/** Memory of several holders, given back when the last of them lets go. */
class HeldMemory {
  readonly #owner: Owner;
  #holders = 0;

  constructor(owner: Owner) {
    this.#owner = owner;
  }

  get isGone(): boolean {
    return this.#holders === 0;
  }

  /** Adds a holder; returns what it lets go by, any number of times. */
  hold(): () => void {
    let isHeld = true;
    this.#holders += 1;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.#holders -= 1;
      if (this.#holders === 0) this.#owner.release();
    };
  }
}

/**
 * Adds properties to an object that neither its loops nor its JSON show.
 *
 * @returns the same object.
 */
export function withProperties<T extends object, P extends object>(object: T, added: P): T & P {
  for (const key of Reflect.ownKeys(added)) {
    const value: unknown = Reflect.get(added, key);
    Object.defineProperty(object, key, { value, configurable: true });
  }
  return object as T & P;
}

/**
 * Ties shared memory to the tables that lie in it.
 *
 * It is given back when all of them are released, or when neither the tables nor any of their
 * columns (their `Data`) are reachable any more. Typed arrays taken out of a column do not count:
 * whoever reads one holds on to its table.
 *
 * @param owner - what must be reachable for the memory to stay.
 */
export function lentTables(tables: readonly Table[], owner: Owner): (Table & Lent)[] {
  const { transfer } = owner;
  const memory = new HeldMemory(owner);
  return tables.map((table) => {
    for (const { data } of table.batches) own(data, owner);
    memories.set(table, memory);
    const release = memory.hold();
    return withProperties(table, { transfer, release, [Symbol.dispose]: release });
  });
}

/** Ties shared memory to the one table that lies in it. */
export function lentTable(table: Table, owner: Owner): Table & Lent {
  lentTables([table], owner);
  return table as Table & Lent;
}

/** An owner that keeps the memory that `something` lies in as well, when that is lent. */
export function ownerWith(something: object, owner: Owner): Owner {
  const letGo = memories.get(something)?.hold();
  const release = () => {
    letGo?.();
    owner.release();
  };
  return { transfer: owner.transfer, release };
}

/** Says that something lies in the memory of a table. */
export function liesIn(something: object, table: Table & Lent): void {
  const memory = memories.get(table);
  if (memory) memories.set(something, memory);
}

/**
 * Runs something that reads what may be lent, whose memory stays until it has ended: also when it
 * is released meanwhile, as `stream` does when the next item is asked for.
 *
 * @throws EtlError `INVALID_REQUEST` when some of it was released before.
 */
export async function holding<R>(
  method: string,
  read: readonly unknown[],
  run: () => Promise<R>,
): Promise<R> {
  const held = read.flatMap((one) => memories.get(one as object) ?? []);
  if (held.some(({ isGone }) => isGone)) {
    throw misuse(`${method}: this was released before; its memory is not its own any more`);
  }
  const lettingGo = held.map((memory) => memory.hold());
  try {
    return await run();
  } finally {
    for (const letGo of lettingGo) letGo();
  }
}

/** Of the columns that an empty table makes up, lists have no items. */
function own(data: Data | undefined, owner: object): void {
  if (data === undefined) return;
  owners.set(data, owner);
  for (const child of data.children) own(child, owner);
  for (const one of data.dictionary?.data ?? []) own(one, owner);
}
