/**
 * How far a long command is, on standard error: a bar that is drawn over on a terminal, a line now and then elsewhere.
 * Nothing of it is ever in what a program reads.
 */
export interface Progress {
  /** @param share of the whole, from 0 to 1; undefined where it is not known: then there is a count and no bar */
  at(done: number, share?: number, note?: string): void;
  /** Leaves the last state standing. */
  end(): void;
}

interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const DRAW_MS = 100;
const LINE_MS = 5_000;
const WIDTH = 28;

export function progress(label: string, unit: string, out: Output = process.stderr): Progress {
  const started = performance.now();
  const every = out.isTTY ? DRAW_MS : LINE_MS;
  let drawn = out.isTTY ? -Infinity : started;
  let last: State = { label, unit, done: 0, share: undefined, seconds: 0, note: '' };

  const draw = (): void => {
    drawn = performance.now();
    const text = line({ ...last, seconds: (drawn - started) / 1000 });
    out.write(out.isTTY ? `\r${text.slice(0, (out.columns ?? 120) - 1)}\u001b[K` : `${text}\n`);
  };

  return {
    at(done, share, note = '') {
      last = { ...last, done, share, note };
      if (performance.now() - drawn >= every) draw();
    },
    end() {
      draw();
      if (out.isTTY) out.write('\n');
    },
  };
}

export interface State {
  readonly label: string;
  readonly unit: string;
  readonly done: number;
  readonly share: number | undefined;
  readonly seconds: number;
  readonly note: string;
}

export function line({ label, unit, done, share, seconds, note }: State): string {
  const parts = [label];
  if (share !== undefined) {
    const full = Math.round(Math.min(1, share) * WIDTH);
    parts.push(`${'█'.repeat(full)}${'░'.repeat(WIDTH - full)} ${Math.floor(share * 100)} %`);
  }
  parts.push(`${count(done)} ${unit}`);
  if (seconds > 0) parts.push(`${count(Math.round(done / seconds))}/s`);
  if (share !== undefined && share > 0 && share < 1)
    parts.push(`${duration((seconds * (1 - share)) / share)} left`);
  if (note !== '') parts.push(note);
  return parts.join('  ');
}

const count = (value: number): string => value.toLocaleString('en');

function duration(seconds: number): string {
  const whole = Math.ceil(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
