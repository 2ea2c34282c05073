// The rows that are seen of a capture. The page holds these and no others: a capture may have a
// hundred thousand.
import { faultOf, rows as askRows, type FaultDocument } from '../../engine/ask';
import type { RowDocument, RowWindow } from '../../engine/types';
import { covers, seen, wanted, type Span } from '../../pure/rows';

export class List {
  capture = $state('live');
  filter = $state('');
  matched = $state(0);
  total = $state(0);
  counts = $state.raw<RowWindow['counts']>({ allowed: 0, blocked: 0, other: 0, aside: 0 });
  /** Rows at hand, the first of them at place `from`. */
  rows = $state.raw<RowDocument[]>([]);
  from = $state(0);
  fault = $state.raw<FaultDocument | null>(null);
  hasAnswered = $state(false);

  #span: Span = { from: 0, to: 40 };
  #isAsking = false;
  #asksAgain = false;

  /** What is seen now; asks for rows that are not at hand. */
  look(scrollTop: number, height: number): void {
    this.#span = seen(scrollTop, height, this.matched);
    const have = { from: this.from, to: this.from + this.rows.length };
    if (!covers(have, this.#span)) void this.refresh();
  }

  /** Asks for what is seen. One question is under way at a time; the latest wish is the next one. */
  async refresh(): Promise<void> {
    if (this.#isAsking) {
      this.#asksAgain = true;
      return;
    }
    this.#isAsking = true;
    try {
      do {
        this.#asksAgain = false;
        const { capture, filter } = this;
        const span = wanted(this.#span);
        try {
          const found = await askRows(capture, filter, span.from, Math.min(500, span.to - span.from));
          if (capture === this.capture && filter === this.filter) this.#take(found);
        } catch (error) {
          if (filter === this.filter) this.fault = faultOf(error);
        }
      } while (this.#asksAgain);
    } finally {
      this.#isAsking = false;
    }
  }

  #take(found: RowWindow): void {
    this.fault = null;
    this.hasAnswered = true;
    this.total = found.total;
    this.matched = found.matched;
    this.counts = found.counts;
    this.from = found.from;
    this.rows = found.rows;
  }

  /** The row at a place, if it is at hand. */
  at(index: number): RowDocument | undefined {
    return this.rows[index - this.from];
  }

  /** The place of a row, if it is at hand. */
  indexOf(number: number): number {
    const at = this.rows.findIndex((row) => row.number === number);
    return at < 0 ? -1 : at + this.from;
  }
}
