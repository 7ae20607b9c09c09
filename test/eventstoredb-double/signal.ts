/** Something happened: whoever waits looks again. */
export class Signal {
  #waiting: (() => void)[] = [];

  readonly notify = (): void => {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  };

  wait(): Promise<void> {
    return new Promise((wake) => this.#waiting.push(wake));
  }
}
