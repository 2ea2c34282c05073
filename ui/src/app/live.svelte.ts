// What the program tells by itself: that something changed. What is shown is asked for.
import { program } from '../engine/ask';
import type { CaptureEvent, HoldsEvent, RewritesEvent } from '../engine/types';

class Live {
  captures = $state.raw<ReadonlyMap<string, CaptureEvent>>(new Map());
  holds = $state.raw<HoldsEvent>({ count: 0, revision: 0 });
  rewrites = $state.raw<RewritesEvent>({ revision: 0, enabled: true, active: 0 });
  /** Whether the program is heard. */
  isConnected = $state(true);
  #source: EventSource | null = null;

  /** Listens until the page is left; a second call changes nothing. */
  start(): void {
    if (this.#source) return;
    const source = new EventSource('/api/events');
    this.#source = source;
    const on = <T>(name: string, take: (event: T) => void) =>
      source.addEventListener(name, (event) => take(JSON.parse((event as MessageEvent<string>).data) as T));
    on<CaptureEvent>('capture', (event) => (this.captures = new Map(this.captures).set(event.id, event)));
    on<HoldsEvent>('holds', (event) => (this.holds = event));
    on<RewritesEvent>('rewrites', (event) => (this.rewrites = event));
    source.onopen = () => (this.isConnected = true);
    source.onerror = () => {
      this.isConnected = false;
      // After a refusal the browser tries no more by itself.
      if (source.readyState !== EventSource.CLOSED) return;
      this.#source = null;
      // The reason is told to whoever asks: another run of the program does not know this browser.
      program().catch(() => {});
      setTimeout(() => this.start(), 1500);
    };
  }
}

export const live = new Live();
