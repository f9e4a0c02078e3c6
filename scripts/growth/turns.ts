import { inRing } from '../bench/load/ring.js';

/** Clients take turns with elements; each client has its own, so that no two use one element at once. */
export class Turns<T> {
  readonly #all: readonly T[];
  readonly #clients: number;
  readonly #places = new Map<number, number>();

  constructor(all: readonly T[], clients: number) {
    this.#all = all;
    this.#clients = clients;
  }

  /** Moves a client on to its next element. */
  next(client: number): T {
    const place = (this.#places.get(client) ?? client - this.#clients) + this.#clients;
    this.#places.set(client, place < this.#all.length ? place : client);
    return this.current(client);
  }

  /** The element that `next` returned last. */
  current(client: number): T {
    return inRing(this.#all, this.#places.get(client) ?? client);
  }
}
