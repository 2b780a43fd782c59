import { misuse } from '../misuse.js';

/** Where the rows of a batch stood among all that the pipeline was given. */
export class Origin {
  readonly #first: number;
  readonly #refused: readonly number[];

  /**
   * @param first - where the first row of the chunk stood.
   * @param refused - the rows of the chunk that are not in the batch, in ascending order.
   */
  constructor(first: number, refused: readonly number[] = []) {
    this.#first = first;
    this.#refused = refused;
  }

  indexOf(place: number): number {
    let index = place;
    for (const refused of this.#refused) {
      if (refused > index) break;
      index += 1;
    }
    return this.#first + index;
  }

  /** That of the rows of its chunk that were not refused. */
  without(refused: readonly number[]): Origin {
    return new Origin(this.#first, refused);
  }
}

/** What a pipeline remembers of a batch that it has given out. */
export interface Given {
  readonly stage: 'valid' | 'transformed';
  readonly origin: Origin;
  readonly rows: number;
  /** An Arrow IPC stream of it, once it is transformed. */
  readonly bytes?: Uint8Array;
  release(): void;
}

/** The batches that a pipeline has given out: each comes back once, to the next stage. */
export class Custody {
  readonly #given = new WeakMap<object, Given>();
  readonly #passedOn = new WeakSet<Given>();

  give(batch: object, given: Given): void {
    this.#given.set(batch, given);
  }

  /** What is known of a batch; undefined for a chunk that comes from elsewhere. */
  find(batch: object): Given | undefined {
    return this.#given.get(batch);
  }

  /**
   * Takes a batch back.
   *
   * @throws EtlError `INVALID_REQUEST` when it has come back before.
   */
  take(method: string, given: Given): Given {
    this.assertHere(method, given);
    this.#passedOn.add(given);
    return given;
  }

  /** @throws EtlError `INVALID_REQUEST` when a batch has come back before. */
  assertHere(method: string, given: Given | undefined): void {
    if (given === undefined || !this.#passedOn.has(given)) return;
    const done = given.stage === 'valid' ? 'transformed or saved' : 'saved';
    throw misuse(`${method}: this batch was ${done} before; its rows would be counted twice`);
  }

  /** Lets a batch come back again, after nothing has become of it. */
  undo(given: Given): void {
    this.#passedOn.delete(given);
  }
}
